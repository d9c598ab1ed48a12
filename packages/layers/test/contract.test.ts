import { layerContract } from '@espalier/testing';
import {
  Activation,
  type ActivationName,
  Add,
  AveragePooling2D,
  activations,
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
  Input,
  LayerNormalization,
  LSTM,
  layerClasses,
  MaxPooling2D,
  MultiHeadAttention,
  Reshape,
  RMSNormalization,
  SimpleRNN,
} from '../src/index.js';

const classes = layerClasses;
const image = [2, 5, 6, 3];
const sequence = [2, 4, 3];

layerContract('Dense', {
  make: () => new Dense({ units: 3, activation: 'tanh', kernelRegularizer: 'l2', name: 'scores' }),
  inputShape: [4, 5],
  refuses: [4],
  classes,
});
layerContract('Dense on sequences, without bias', {
  make: () => new Dense({ units: 3, useBias: false, kernelInitializer: { className: 'HeNormal', config: {} } }),
  inputShape: [2, 3, 4],
  classes,
});
layerContract('Conv2D', {
  make: () => new Conv2D({ filters: 2, kernelSize: 3, activation: 'tanh' }),
  inputShape: image,
  refuses: [2, 5, 6],
  classes,
});
layerContract('Conv2D, strides, same', {
  make: () => new Conv2D({ filters: 2, kernelSize: [3, 2], strides: [2, 1], padding: 'same' }),
  inputShape: image,
  refuses: [2, 5, 6, 3, 1],
  classes,
});
layerContract('Conv2D, dilated', {
  make: () => new Conv2D({ filters: 2, kernelSize: 2, dilationRate: [2, 3], useBias: false }),
  inputShape: image,
  classes,
});
layerContract('Conv2D, dilated, same', {
  make: () => new Conv2D({ filters: 2, kernelSize: 3, dilationRate: 2, padding: 'same' }),
  inputShape: image,
  classes,
});
layerContract('Conv2D, groups', {
  make: () => new Conv2D({ filters: 6, kernelSize: 3, groups: 2, padding: 'same', activation: 'sigmoid' }),
  inputShape: [2, 5, 5, 4],
  refuses: [2, 5, 5, 3],
  classes,
});

layerContract('DepthwiseConv2D', {
  make: () => new DepthwiseConv2D({ kernelSize: 3, activation: 'tanh', depthwiseRegularizer: 'l2' }),
  inputShape: image,
  refuses: [2, 5, 6],
  classes,
});
layerContract('DepthwiseConv2D, strides, same, two outputs a channel', {
  make: () => new DepthwiseConv2D({ kernelSize: [3, 2], strides: 2, padding: 'same', depthMultiplier: 2 }),
  inputShape: image,
  refuses: [2, 5, 6, 3, 1],
  classes,
});
layerContract('DepthwiseConv2D, dilated, same', {
  make: () => new DepthwiseConv2D({ kernelSize: 2, dilationRate: 2, padding: 'same', useBias: false }),
  inputShape: image,
  classes,
});
layerContract('MaxPooling2D', { make: () => new MaxPooling2D(), inputShape: image, refuses: [2, 5, 6], classes });
layerContract('MaxPooling2D, overlapping, same', {
  make: () => new MaxPooling2D({ poolSize: 3, strides: [2, 1], padding: 'same' }),
  inputShape: image,
  refuses: [2, 5, 6, 3, 1],
  classes,
});
layerContract('AveragePooling2D', {
  make: () => new AveragePooling2D({ poolSize: [2, 3] }),
  inputShape: image,
  refuses: [2, 5, 6],
  classes,
});
layerContract('AveragePooling2D, overlapping, same', {
  make: () => new AveragePooling2D({ poolSize: 3, strides: 2, padding: 'same' }),
  inputShape: image,
  classes,
});
layerContract('GlobalAveragePooling2D', {
  make: () => new GlobalAveragePooling2D(),
  inputShape: image,
  refuses: [2, 5, 6],
  classes,
});
layerContract('GlobalAveragePooling2D, keepdims', {
  make: () => new GlobalAveragePooling2D({ keepdims: true }),
  inputShape: image,
  classes,
});
layerContract('Flatten', { make: () => new Flatten(), inputShape: [2, 3, 4], classes });
layerContract('Reshape', {
  make: () => new Reshape({ targetShape: [2, -1, 1] }),
  inputShape: [2, 3, 4],
  refuses: [2, 3],
  classes,
});
layerContract('Dropout', { make: () => new Dropout({ rate: 0.4 }), inputShape: [3, 7], classes });
layerContract('BatchNormalization', {
  make: () => new BatchNormalization({ name: 'norm', momentum: 0.9 }),
  inputShape: [4, 3],
  refuses: [4],
  classes,
});
layerContract('BatchNormalization of images', {
  make: () => new BatchNormalization({ gammaInitializer: 'randomUniform' }),
  inputShape: [2, 3, 3, 2],
  classes,
});
layerContract('BatchNormalization on axis 1, without scale', {
  make: () => new BatchNormalization({ axis: 1, scale: false }),
  inputShape: [3, 2, 4],
  classes,
});
layerContract('BatchNormalization, masked', {
  make: () => new BatchNormalization(),
  inputShape: sequence,
  mask: [
    [0, 1, 1, 0],
    [1, 1, 0, 1],
  ],
  classes,
});
layerContract('LayerNormalization', {
  make: () => new LayerNormalization({ name: 'norm', gammaInitializer: 'randomUniform', betaRegularizer: 'l2' }),
  inputShape: [3, 4, 5],
  refuses: [4],
  classes,
});
layerContract('LayerNormalization over two axes', {
  make: () => new LayerNormalization({ axis: [1, -1], center: false }),
  inputShape: [2, 3, 4, 5],
  classes,
});
layerContract('RMSNormalization', { make: () => new RMSNormalization(), inputShape: [4, 6], refuses: [4], classes });
layerContract('GroupNormalization', {
  make: () => new GroupNormalization({ groups: 2, gammaInitializer: 'randomUniform' }),
  inputShape: [2, 3, 3, 4],
  refuses: [4],
  classes,
});
layerContract('GroupNormalization on axis 1, a group a channel', {
  make: () => new GroupNormalization({ groups: -1, axis: 1 }),
  inputShape: [2, 3, 5],
  classes,
});
const heads = { numHeads: 2, keyDim: 3, biasInitializer: 'randomUniform' } as const;
layerContract('MultiHeadAttention', {
  make: () => new MultiHeadAttention({ ...heads, name: 'attention', kernelRegularizer: 'l2', useBias: false }),
  inputShape: sequence,
  refuses: [2, 4],
  classes,
});
layerContract('MultiHeadAttention across sequences', {
  make: () => new MultiHeadAttention({ ...heads, valueDim: 2, outputShape: 5, useBias: false }),
  inputShape: [
    [2, 3, 4],
    [2, 5, 3],
    [2, 5, 6],
  ],
  classes,
});
layerContract('MultiHeadAttention, causal, masked', {
  make: () => new MultiHeadAttention({ ...heads, useCausalMask: true, useBias: false }),
  inputShape: sequence,
  mask: [
    [1, 1, 1, 0],
    [1, 1, 0, 1],
  ],
  classes,
});
layerContract('MultiHeadAttention with dropout', {
  make: () => new MultiHeadAttention({ ...heads, dropout: 0.3, useBias: false }),
  inputShape: sequence,
  classes,
});
layerContract('Embedding', {
  make: () => new Embedding({ inputDim: 6, outputDim: 3, maskZero: true }),
  inputShape: [3, 4],
  ids: 6,
  classes,
});
layerContract('LSTM', { make: () => new LSTM({ units: 3 }), inputShape: sequence, refuses: [2, 4], classes });
layerContract('LSTM, sequences, backwards', {
  make: () => new LSTM({ units: 2, returnSequences: true, goBackwards: true, useBias: false }),
  inputShape: sequence,
  refuses: [2, 4],
  classes,
});
layerContract('LSTM with other activations', {
  make: () =>
    new LSTM({ units: 2, returnSequences: true, activation: 'softsign', recurrentActivation: 'tanh', name: 'odd' }),
  inputShape: sequence,
  classes,
});
layerContract('LSTM, masked', {
  make: () => new LSTM({ units: 2, returnSequences: true }),
  inputShape: sequence,
  mask: [
    [0, 1, 1, 0],
    [1, 1, 0, 1],
  ],
  classes,
});
for (const [name, make] of [
  ['GRU', (options: object) => new GRU({ units: 3, ...options })],
  ['GRU, reset before', (options: object) => new GRU({ units: 3, resetAfter: false, ...options })],
  ['SimpleRNN', (options: object) => new SimpleRNN({ units: 3, ...options })],
] as const) {
  layerContract(name, { make: () => make({}), inputShape: sequence, refuses: [2, 4], classes });
  layerContract(`${name}, sequences, backwards`, {
    make: () => make({ returnSequences: true, goBackwards: true, useBias: false }),
    inputShape: sequence,
    classes,
  });
  layerContract(`${name}, masked, other activation`, {
    make: () => make({ returnSequences: true, activation: 'sigmoid' }),
    inputShape: sequence,
    mask: [
      [0, 1, 1, 0],
      [1, 1, 0, 1],
    ],
    classes,
  });
  layerContract(`Bidirectional ${name}`, {
    make: () => new Bidirectional({ layer: make({ returnSequences: true }) }),
    inputShape: sequence,
    mask: [
      [0, 1, 1, 0],
      [1, 1, 0, 1],
    ],
    classes,
  });
}
layerContract('Bidirectional', {
  make: () => new Bidirectional({ layer: new LSTM({ units: 2 }) }),
  inputShape: sequence,
  refuses: [2, 4],
  classes,
});
for (const mergeMode of ['sum', 'mul', 'ave'] as const) {
  layerContract(`Bidirectional, sequences, ${mergeMode}`, {
    make: () => new Bidirectional({ layer: new LSTM({ units: 2, returnSequences: true }), mergeMode }),
    inputShape: sequence,
    classes,
  });
}
for (const activation of Object.keys(activations) as ActivationName[]) {
  layerContract(`Activation ${activation}`, {
    make: () => new Activation({ activation }),
    inputShape: [3, 5],
    classes,
  });
}
layerContract('Input', { make: () => new Input({ shape: [5] }), inputShape: [3, 5], refuses: [3, 4], classes });
layerContract('Add', {
  make: () => new Add(),
  inputShape: [
    [2, 3],
    [2, 3],
    [2, 1],
  ],
  refuses: [2, 3],
  classes,
});
layerContract('Concatenate', {
  make: () => new Concatenate({ axis: 1 }),
  inputShape: [
    [2, 3, 2],
    [2, 1, 2],
  ],
  refuses: [2, 3],
  classes,
});
