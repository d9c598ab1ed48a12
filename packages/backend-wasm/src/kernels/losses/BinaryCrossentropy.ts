import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';

interface Inputs {
  /** Logits or probabilities, `[batch, …]`. */
  readonly predictions: TensorInfo;
  readonly targets: TensorInfo;
}

interface Attrs {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
}

function sizes({ predictions, targets }: Inputs, { fromLogits, labelSmoothing }: Attrs) {
  requireFloat32('BinaryCrossentropy', { predictions, targets });
  const count = sizeFromShape(predictions.shape.slice(1));
  return {
    batch: predictions.shape[0]!,
    grain: grainOf(8 * count),
    args: [count, Number(fromLogits), 1 - labelSmoothing, labelSmoothing / 2],
  };
}

/** The mean over each example's elements of the crossentropy of a yes or no. */
export const binaryCrossentropy = /* @__PURE__ */ defineKernel<Inputs, Attrs>(
  'BinaryCrossentropy',
  ({ inputs, attrs, engine }) => {
    const { batch, grain, args } = sizes(inputs, attrs);
    const values = engine.makeOutput([batch], 'float32');
    const at = [inputs.targets, inputs.predictions, values].map((tensor) => engine.offset(tensor));
    engine.split('binaryCrossentropy', [...at, ...args], batch, grain);
    return [values];
  },
);

export const binaryCrossentropyGrad = /* @__PURE__ */ defineKernel<Inputs & { dy: TensorInfo }, Attrs>(
  'BinaryCrossentropyGrad',
  ({ inputs, attrs, engine }) => {
    const { batch, grain, args } = sizes(inputs, attrs);
    const dx = engine.makeOutput(inputs.predictions.shape, 'float32');
    const at = [inputs.targets, inputs.predictions, inputs.dy, dx].map((tensor) => engine.offset(tensor));
    engine.split('binaryCrossentropyGrad', [...at, ...args], batch, grain);
    return [dx];
  },
);
