import * as tfl from '@tensorflow/tfjs-layers';
import { LENGTH, VOCABULARY, type WorkloadName } from '../workloads.js';
import { mobileNetV2 } from './mobileNetV2.js';
import { transformer } from './transformer.js';

const { layers, sequential } = tfl;
const conv = (filters: number, inputShape?: number[]) =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', ...(inputShape && { inputShape }) });

/** The same models in tfjs-layers. */
export const models: Record<WorkloadName, () => tfl.LayersModel> = {
  cnn: () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
  lstm: () =>
    sequential({
      layers: [
        layers.embedding({ inputDim: VOCABULARY, outputDim: 64, inputLength: LENGTH }),
        // Its default, orthogonal, needs a QR decomposition that registers no kernels here; the time of a step is the same.
        layers.lstm({ units: 64, recurrentInitializer: 'glorotUniform' }),
        layers.dense({ units: 1, activation: 'sigmoid' }),
      ],
    }),
  mlp: () =>
    sequential({
      layers: [
        layers.dense({ units: 512, activation: 'relu', inputShape: [784] }),
        layers.dense({ units: 512, activation: 'relu' }),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
  cifar: () =>
    sequential({
      layers: [
        conv(32, [32, 32, 3]),
        conv(32),
        layers.maxPooling2d({ poolSize: 2 }),
        conv(64),
        conv(64),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        layers.dense({ units: 256, activation: 'relu' }),
        layers.dense({ units: 10, activation: 'softmax' }),
      ],
    }),
  transformer,
  mobilenet: mobileNetV2,
};
