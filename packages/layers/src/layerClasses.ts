import type { LayerClasses } from '@espalier/core';
import { MultiHeadAttention } from './attention/MultiHeadAttention.js';
import { Conv2D } from './convolution/Conv2D.js';
import { DepthwiseConv2D } from './convolution/DepthwiseConv2D.js';
import { Activation } from './core/Activation.js';
import { Dense } from './core/Dense.js';
import { Embedding } from './core/Embedding.js';
import { Input } from './core/Input.js';
import { Add } from './merging/Add.js';
import { Concatenate } from './merging/Concatenate.js';
import { BatchNormalization } from './normalization/BatchNormalization.js';
import { GroupNormalization } from './normalization/GroupNormalization.js';
import { LayerNormalization } from './normalization/LayerNormalization.js';
import { RMSNormalization } from './normalization/RMSNormalization.js';
import { AveragePooling2D } from './pooling/AveragePooling2D.js';
import { GlobalAveragePooling2D } from './pooling/GlobalAveragePooling2D.js';
import { MaxPooling2D } from './pooling/MaxPooling2D.js';
import { Bidirectional } from './recurrent/Bidirectional.js';
import { GRU } from './recurrent/GRU.js';
import { LSTM } from './recurrent/LSTM.js';
import { SimpleRNN } from './recurrent/SimpleRNN.js';
import { Dropout } from './regularization/Dropout.js';
import { Flatten } from './reshaping/Flatten.js';
import { Reshape } from './reshaping/Reshape.js';

/**
 * The layers of this package by the class name in their configs: what loading a model from a file looks them up in.
 *
 * @example
 * ```ts
 * import { Dense, layerClasses } from '@espalier/layers';
 *
 * const { className } = new Dense({ units: 3 }).serialize();
 * if (layerClasses[className] !== Dense) throw new Error('not found');
 * ```
 */
export const layerClasses: LayerClasses = {
  Activation,
  Add,
  AveragePooling2D,
  BatchNormalization,
  Bidirectional,
  Concatenate,
  Conv2D,
  Dense,
  DepthwiseConv2D,
  Dropout,
  Embedding,
  Flatten,
  GlobalAveragePooling2D,
  GRU,
  GroupNormalization,
  InputLayer: Input,
  LayerNormalization,
  LSTM,
  MaxPooling2D,
  MultiHeadAttention,
  RMSNormalization,
  Reshape,
  SimpleRNN,
};
