import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';

interface Inputs {
  /** Logits or probabilities, `[batch, …, classes]`. */
  readonly predictions: TensorInfo;
  /** Rows like the predictions, or int32 labels. */
  readonly targets: TensorInfo;
}

interface Attrs {
  readonly fromLogits: boolean;
  readonly labelSmoothing: number;
}

/** What both kernels take after their addresses. */
function sizes({ predictions, targets }: Inputs, { fromLogits, labelSmoothing }: Attrs) {
  const batch = predictions.shape[0]!;
  const classes = predictions.shape[predictions.shape.length - 1]!;
  const rows = sizeFromShape(predictions.shape.slice(1, -1));
  const sparse = targets.dtype === 'int32';
  requireFloat32('CategoricalCrossentropy', sparse ? { predictions } : { predictions, targets });
  return {
    batch,
    rows: batch * rows,
    grain: grainOf(8 * rows * classes),
    args: [classes, rows, Number(fromLogits), Number(sparse), 1 - labelSmoothing, labelSmoothing / classes],
  };
}

/** The mean of `-Σ t log p` over the rows of each example; the second output is for the gradient. */
export const categoricalCrossentropy = /* @__PURE__ */ defineKernel<Inputs, Attrs>(
  'CategoricalCrossentropy',
  ({ inputs, attrs, engine }) => {
    const { batch, rows, grain, args } = sizes(inputs, attrs);
    const values = engine.makeOutput([batch], 'float32');
    const stats = engine.makeOutput([rows, 2], 'float32');
    const at = [inputs.targets, inputs.predictions, values, stats].map((tensor) => engine.offset(tensor));
    engine.split('crossentropy', [...at, ...args], batch, grain);
    return [values, stats];
  },
);

export const categoricalCrossentropyGrad = /* @__PURE__ */ defineKernel<
  Inputs & { dy: TensorInfo; kept0: TensorInfo },
  Attrs
>('CategoricalCrossentropyGrad', ({ inputs, attrs, engine }) => {
  const { batch, grain, args } = sizes(inputs, attrs);
  const { predictions, targets, kept0, dy } = inputs;
  const dx = engine.makeOutput(predictions.shape, 'float32');
  const at = [targets, predictions, kept0, dy, dx].map((tensor) => engine.offset(tensor));
  engine.split('crossentropyGrad', [...at, ...args], batch, grain);
  return [dx];
});
