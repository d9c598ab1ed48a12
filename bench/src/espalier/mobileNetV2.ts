import { Functional, input, type SymbolicTensor } from '@espalier/core';
import {
  Activation,
  Add,
  BatchNormalization,
  Conv2D,
  Dense,
  DepthwiseConv2D,
  GlobalAveragePooling2D,
} from '@espalier/layers';
import { mobileNetV2Blocks } from '../workloads.js';

const normalized = (x: SymbolicTensor) => new BatchNormalization().apply(x);
const active = (x: SymbolicTensor) => new Activation({ activation: 'relu6' }).apply(normalized(x));
const convolved = (x: SymbolicTensor, filters: number, kernelSize: number, strides = 1) =>
  new Conv2D({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x);

function block(x: SymbolicTensor, expansion: number, filters: number, strides: number): SymbolicTensor {
  const channels = x.shape.at(-1)!;
  const wide = expansion === 1 ? x : active(convolved(x, channels * expansion, 1));
  const seen = active(new DepthwiseConv2D({ kernelSize: 3, strides, padding: 'same', useBias: false }).apply(wide));
  const narrow = normalized(convolved(seen, filters, 1));
  return strides === 1 && filters === channels ? new Add().apply([x, narrow]) : narrow;
}

/** MobileNetV2 of width 1.0 (Sandler et al. 2018, arXiv:1801.04381) with random weights. */
export function mobileNetV2(): Functional {
  const image = input({ shape: [224, 224, 3] });
  let x = active(convolved(image, 32, 3, 2));
  for (const [expansion, filters, times, strides] of mobileNetV2Blocks) {
    for (let i = 0; i < times; i++) x = block(x, expansion, filters, i === 0 ? strides : 1);
  }
  const features = new GlobalAveragePooling2D().apply(active(convolved(x, 1280, 1)));
  const outputs = new Dense({ units: 1000, activation: 'softmax' }).apply(features);
  return new Functional({ inputs: image, outputs, seed: 1 });
}
