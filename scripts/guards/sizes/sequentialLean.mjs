// The same application, with only the families of kernels that it runs.
import {
  elementwiseKernels,
  lossKernels,
  matmulKernels,
  normalizationKernels,
  reductionKernels,
  shapingKernels,
  trainingKernels,
  wasmWith,
} from '@espalier/backend-wasm';
import { activateBackend, Sequential } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { tensor2d } from '@tensorflow/tfjs-core';

const families = [
  elementwiseKernels,
  lossKernels,
  matmulKernels,
  normalizationKernels,
  reductionKernels,
  shapingKernels,
  trainingKernels,
];
await activateBackend(wasmWith({ families }));
const model = new Sequential([new Dense({ units: 3, activation: 'softmax', inputShape: [1] })]);
model.compile({ optimizer: new Adam(), loss: 'categoricalCrossentropy' });
await model.fit(tensor2d([[1]]), tensor2d([[0, 1, 0]]));
console.log(model.predict(tensor2d([[3]])));
