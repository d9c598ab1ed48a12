/**
 * Layers, activations, initializers and regularizers for Espalier.
 *
 * @module layers
 */
export { type ActivationFunction, type ActivationName, activations } from './activations/activations.js';
export { type ActivationLike, resolveActivation, serializeActivation } from './activations/resolveActivation.js';
export { MultiHeadAttention, type MultiHeadAttentionOptions } from './attention/MultiHeadAttention.js';
export { Conv2D, type Conv2DOptions } from './convolution/Conv2D.js';
export type { ConvolutionWindowOptions } from './convolution/convolutionWindow.js';
export { DepthwiseConv2D, type DepthwiseConv2DOptions } from './convolution/DepthwiseConv2D.js';
export type { Padding } from './convolution/window.js';
export { Activation, type ActivationOptions } from './core/Activation.js';
export { Dense, type DenseOptions } from './core/Dense.js';
export { Embedding, type EmbeddingOptions } from './core/Embedding.js';
export { Input, type InputLayerOptions } from './core/Input.js';
export { KernelLayer, type KernelLayerOptions } from './core/KernelLayer.js';
export { Constant } from './initializers/Constant.js';
export { GlorotNormal } from './initializers/GlorotNormal.js';
export { GlorotUniform } from './initializers/GlorotUniform.js';
export { HeNormal } from './initializers/HeNormal.js';
export { HeUniform } from './initializers/HeUniform.js';
export { Identity } from './initializers/Identity.js';
export { LecunNormal } from './initializers/LecunNormal.js';
export { LecunUniform } from './initializers/LecunUniform.js';
export { Ones } from './initializers/Ones.js';
export { Orthogonal } from './initializers/Orthogonal.js';
export { RandomNormal } from './initializers/RandomNormal.js';
export { RandomUniform } from './initializers/RandomUniform.js';
export { type InitializerLike, type InitializerName, resolveInitializer } from './initializers/resolveInitializer.js';
export { TruncatedNormal } from './initializers/TruncatedNormal.js';
export { VarianceScaling, type VarianceScalingOptions } from './initializers/VarianceScaling.js';
export { Zeros } from './initializers/Zeros.js';
export { layerClasses } from './layerClasses.js';
export { Add } from './merging/Add.js';
export { Concatenate, type ConcatenateOptions } from './merging/Concatenate.js';
export { BatchNormalization, type BatchNormalizationOptions } from './normalization/BatchNormalization.js';
export { GroupNormalization, type GroupNormalizationOptions } from './normalization/GroupNormalization.js';
export { LayerNormalization, type LayerNormalizationOptions } from './normalization/LayerNormalization.js';
export { RMSNormalization, type RMSNormalizationOptions } from './normalization/RMSNormalization.js';
export { ScaledNormalization, type ScaledNormalizationOptions } from './normalization/ScaledNormalization.js';
export { AveragePooling2D } from './pooling/AveragePooling2D.js';
export { GlobalAveragePooling2D, type GlobalAveragePooling2DOptions } from './pooling/GlobalAveragePooling2D.js';
export { MaxPooling2D } from './pooling/MaxPooling2D.js';
export { Pooling2D, type Pooling2DOptions } from './pooling/Pooling2D.js';
export { Bidirectional, type BidirectionalOptions } from './recurrent/Bidirectional.js';
export { GRU, type GRUOptions } from './recurrent/GRU.js';
export { KernelRecurrent, type KernelRecurrentOptions } from './recurrent/KernelRecurrent.js';
export { LSTM, type LSTMOptions } from './recurrent/LSTM.js';
export { Recurrent, type RecurrentOptions } from './recurrent/Recurrent.js';
export { SimpleRNN, type SimpleRNNOptions } from './recurrent/SimpleRNN.js';
export { Dropout, type DropoutOptions } from './regularization/Dropout.js';
export { L1 } from './regularizers/L1.js';
export { L1L2 } from './regularizers/L1L2.js';
export { L2 } from './regularizers/L2.js';
export {
  type RegularizerLike,
  type RegularizerName,
  resolveRegularizer,
} from './regularizers/resolveRegularizer.js';
export { Flatten } from './reshaping/Flatten.js';
export { Reshape, type ReshapeOptions } from './reshaping/Reshape.js';
