import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';

interface Inputs {
  readonly x: TensorInfo;
  /** Scale and offset by channel; each may be missing. */
  readonly gamma?: TensorInfo;
  readonly beta?: TensorInfo;
}

interface Attrs {
  /** How many groups share out the channels: 1 for layer normalisation. */
  readonly groups: number;
  /** How many axes at the end are normalised together, the channels included: 1 for layer normalisation. */
  readonly axes: number;
  readonly epsilon: number;
  /** Divide by the root of the mean square; the mean stays. */
  readonly rms: boolean;
}

function sizes(x: TensorInfo, { groups, axes }: Attrs) {
  const lead = x.shape.length - axes;
  const channels = x.shape[x.shape.length - 1]!;
  return {
    channels,
    batch: sizeFromShape(x.shape.slice(0, lead)),
    positions: sizeFromShape(x.shape.slice(lead, -1)),
    width: channels / groups,
  };
}

/** Layer, RMS and group normalisation over the last axes; the second output is for the gradient. */
export const groupNormalization = /* @__PURE__ */ defineKernel<Inputs, Attrs>(
  'GroupNormalization',
  ({ inputs, attrs, engine }) => {
    const { x, gamma, beta } = inputs;
    requireFloat32('GroupNormalization', { x, gamma, beta });
    const { batch, positions, width } = sizes(x, attrs);
    const y = engine.makeOutput(x.shape, 'float32');
    const spans = sizeFromShape(x.shape) === 0 ? 0 : batch * attrs.groups;
    const stats = engine.makeOutput([spans, 4], 'float32');
    const at = [x, gamma, beta, y, stats].map((tensor) => (tensor === undefined ? 0 : engine.offset(tensor)));
    const args = [...at, positions, attrs.groups, width, attrs.epsilon, Number(attrs.rms)];
    engine.split('groupNorm', args, spans, grainOf(4 * positions * width));
    return [y, stats];
  },
);

/** How many examples add up their gradients of scale and offset before they are written: about 4096 numbers. */
function spansOfBlock(positions: number, width: number): number {
  return Math.max(1, Math.min(64, Math.floor(8192 / (positions * width))));
}

export const groupNormalizationGrad = /* @__PURE__ */ defineKernel<
  Inputs & { dy: TensorInfo; kept0: TensorInfo },
  Attrs
>('GroupNormalizationGrad', ({ inputs, attrs, engine }) => {
  const { x, gamma, beta, dy, kept0 } = inputs;
  const { batch, positions, width, channels } = sizes(x, attrs);
  const dx = engine.makeOutput(x.shape, 'float32');
  const empty = sizeFromShape(x.shape) === 0;
  const blockSpans = empty ? 1 : spansOfBlock(positions, width);
  const blocks = empty ? 0 : Math.ceil(batch / blockSpans);
  const half = blocks * channels * 4;
  const partial = engine.scratch(2 * half);
  const at = [x, gamma, dy, kept0, dx].map((tensor) => (tensor === undefined ? 0 : engine.offset(tensor)));
  const args = [...at, partial, partial + half, batch, blockSpans, positions, attrs.groups, width, Number(attrs.rms)];
  engine.split('groupNormGrad', args, blocks * attrs.groups, grainOf(4 * blockSpans * positions * width));
  const gradients = [dx];
  for (const [parameter, from] of [[gamma, partial] as const, [beta, partial + half] as const]) {
    if (parameter === undefined) continue;
    const out = engine.makeOutput(parameter.shape, 'float32');
    engine.split('sumBlocks', [from, engine.offset(out), blocks, channels], channels, grainOf(blocks));
    gradients.push(out);
  }
  return gradients;
});
