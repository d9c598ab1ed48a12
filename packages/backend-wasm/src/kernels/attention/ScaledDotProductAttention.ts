import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';
import { type AttentionAttrs, type AttentionInputs, planAttention } from './planAttention.js';

const KERNEL = 'ScaledDotProductAttention';

/** Work is divided within heads too where there are fewer of them than this for each thread. */
const FEW_HEADS = 4;
/** Parts of the queries' gradient that are held at a time: enough to divide, and no more memory for longer keys. */
const MOST_PARTS = 16;

/** softmax(scale q kᵀ + mask) v, block by block; the second output, ln Σ of each query, is for the gradient. */
export const scaledDotProductAttention = /* @__PURE__ */ defineKernel<AttentionInputs, AttentionAttrs>(
  KERNEL,
  ({ inputs, attrs, engine }) => {
    const { query, key, values, mask } = inputs;
    requireFloat32(KERNEL, mask?.dtype === 'bool' ? { query, key, values } : { query, key, values, mask });
    const out = engine.makeOutput([...query.shape.slice(0, -1), values.shape[values.shape.length - 1]!], 'float32');
    const logs = engine.makeOutput([sizeFromShape(query.shape.slice(0, -1))], 'float32');
    const { heads, queries, keys, geometry, offsets, depths } = planAttention(engine, inputs, attrs);
    const at = [query, key, values].map((tensor) => engine.offset(tensor));
    const maskAt = mask === undefined ? 0 : engine.offset(mask);
    const args = [geometry, offsets, ...at, maskAt, engine.offset(out), engine.offset(logs), attrs.scale];
    const blocks = engine.simd.attentionQueryBlocks(queries);
    const grain = grainOf((queries / blocks) * keys * (depths[0] + depths[1]) * 0.1);
    engine.split('attention', args, heads * blocks, grain, engine.simd.attentionScratch(...depths));
    return [out, logs];
  },
);

export const scaledDotProductAttentionGrad = /* @__PURE__ */ defineKernel<
  AttentionInputs & { dy: TensorInfo; value: TensorInfo; kept0: TensorInfo },
  AttentionAttrs
>('ScaledDotProductAttentionGrad', ({ inputs, attrs, engine }) => {
  const { query, key, values, mask, dy, kept0, value: out } = inputs;
  const gradients = [query, key, values].map(({ shape }) => engine.makeOutput(shape, 'float32'));
  const count = sizeFromShape(query.shape);
  const blocksOf = (keys: number) => engine.simd.attentionKeyBlocks(keys);
  /** Parts of the queries' gradient, each of a block of keys, so that blocks can be done by themselves. */
  const partsOf = (heads: number, keys: number) => {
    const few = engine.threads > 1 && heads < FEW_HEADS * engine.threads && blocksOf(keys) > 1;
    return few ? Math.min(MOST_PARTS, blocksOf(keys)) : 0;
  };
  const plan = planAttention(engine, inputs, attrs, (heads, keys) => {
    const parts = partsOf(heads, keys);
    return parts && 4 * count * (1 + parts);
  });
  const { heads, queries, keys, geometry, offsets, depths } = plan;
  const [dqAt, dkAt, dvAt] = gradients.map((tensor) => engine.offset(tensor)) as [number, number, number];
  const at = [query, key, values].map((tensor) => engine.offset(tensor));
  const maskAt = mask === undefined ? 0 : engine.offset(mask);
  const rest = [out, kept0, dy].map((tensor) => engine.offset(tensor));
  const [parts, blocks] = [partsOf(heads, keys), blocksOf(keys)];
  const work = queries * keys * (depths[0] + depths[1]) * 0.25;
  const run = (to: number, partBytes: number, from: number, some: number) => {
    const args = [geometry, offsets, ...at, maskAt, ...rest, to, dkAt, dvAt, attrs.scale, partBytes, from, some];
    const [items, each] = partBytes === 0 ? [heads, work] : [heads * some, work / blocks];
    engine.split('attentionGrad', args, items, grainOf(each), engine.simd.attentionGradScratch(...depths));
  };
  if (parts === 0) run(dqAt, 0, 0, blocks);
  // A round at a time behind the sum of those before: as if one thread had added up block after block.
  for (let from = 0; parts > 0 && from < blocks; from += parts) {
    const [some, carried] = [Math.min(parts, blocks - from), Number(from > 0)];
    run(plan.extra + 4 * count, 4 * count, from, some);
    const to = from + some < blocks ? plan.extra : dqAt;
    const args = [plan.extra + 4 * count * (1 - carried), some + carried, count, to, 0];
    engine.split('sumSlices', args, Math.ceil(count / 256), grainOf(256 * parts));
  }
  if (keys === 0) engine.heap.fill(0, dqAt, dqAt + 4 * count);
  return gradients;
});
