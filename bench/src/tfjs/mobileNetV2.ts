import * as tfl from '@tensorflow/tfjs-layers';
import { mobileNetV2Blocks } from '../workloads.js';

const { layers } = tfl;
type Node = tfl.SymbolicTensor;

const normalized = (x: Node) => layers.batchNormalization().apply(x) as Node;
const active = (x: Node) => layers.reLU({ maxValue: 6 }).apply(normalized(x)) as Node;
const convolved = (x: Node, filters: number, kernelSize: number, strides = 1) =>
  layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x) as Node;

function block(x: Node, expansion: number, filters: number, strides: number): Node {
  const channels = x.shape.at(-1)!;
  const wide = expansion === 1 ? x : active(convolved(x, channels * expansion, 1));
  const depthwise = layers.depthwiseConv2d({ kernelSize: 3, strides, padding: 'same', useBias: false });
  const narrow = normalized(convolved(active(depthwise.apply(wide) as Node), filters, 1));
  return strides === 1 && filters === channels ? (layers.add().apply([x, narrow]) as Node) : narrow;
}

/** MobileNetV2 of width 1.0 with random weights. */
export function mobileNetV2(): tfl.LayersModel {
  const image = tfl.input({ shape: [224, 224, 3] });
  let x = active(convolved(image, 32, 3, 2));
  for (const [expansion, filters, times, strides] of mobileNetV2Blocks) {
    for (let i = 0; i < times; i++) x = block(x, expansion, filters, i === 0 ? strides : 1);
  }
  const features = layers.globalAveragePooling2d({}).apply(active(convolved(x, 1280, 1))) as Node;
  const outputs = layers.dense({ units: 1000, activation: 'softmax' }).apply(features) as Node;
  return tfl.model({ inputs: image, outputs });
}
