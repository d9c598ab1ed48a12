import type { Tensor } from '@tensorflow/tfjs-core';
import { averagePoolBack, type PoolAttrs } from './averagePoolBack.js';
import type { Gradient } from './Gradient.js';
import { run } from './kernels.js';

type Saved = [x: Tensor, y: Tensor];

/** Pooling and morphological dilation. */
export const pooling = (): Gradient[] => [
  ...['MaxPool', 'MaxPool3D'].map((kernelName) => ({
    kernelName,
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: (dy: Tensor, [input, output]: Saved, attrs: object) => ({
      x: () => run(`${kernelName}Grad`, { dy, input, output }, attrs),
    }),
  })),
  {
    kernelName: 'MaxPoolWithArgmax',
    inputsToSave: ['x'],
    outputsToSave: [true],
    gradFunc: ([dy]: Tensor[], [input, output]: Saved, attrs: object) => ({
      x: () => run('MaxPoolGrad', { dy: dy!, input, output }, attrs),
    }),
  },
  ...['AvgPool', 'AvgPool3D'].map((kernelName) => ({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy: Tensor, [x]: [Tensor], attrs: PoolAttrs) => ({
      x: () => averagePoolBack(`${kernelName}Grad`, dy, x, attrs),
    }),
  })),
  {
    kernelName: 'Dilation2D',
    inputsToSave: ['x', 'filter'],
    gradFunc: (dy: Tensor, [x, filter]: [Tensor, Tensor], attrs: object) => ({
      x: () => run('Dilation2DBackpropInput', { x, filter, dy }, attrs),
      filter: () => run('Dilation2DBackpropFilter', { x, filter, dy }, attrs),
    }),
  },
];
