import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';
import { type AttentionAttrs, type AttentionInputs, planAttention } from './planAttention.js';

const KERNEL = 'ScaledDotProductAttention';

/** Work is divided within heads too where there are fewer of them than this for each thread. */
const FEW_HEADS = 4;

/** softmax(scale q kᵀ + mask) v, block by block; the second output, ln Σ of each query, is for the gradient. */
export const scaledDotProductAttention = /* @__PURE__ */ defineKernel<AttentionInputs, AttentionAttrs>(
  KERNEL,
  ({ inputs, attrs, engine }) => {
    const { query, key, values, mask } = inputs;
    requireFloat32(KERNEL, mask?.dtype === 'bool' ? { query, key, values } : { query, key, values, mask });
    const out = engine.makeOutput([...query.shape.slice(0, -1), values.shape[values.shape.length - 1]!], 'float32');
    const logs = engine.makeOutput([util.sizeFromShape(query.shape.slice(0, -1))], 'float32');
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
>(`${KERNEL}Grad`, ({ inputs, attrs, engine }) => {
  const { query, key, values, mask, dy, kept0, value: out } = inputs;
  const gradients = [query, key, values].map(({ shape }) => engine.makeOutput(shape, 'float32'));
  const count = util.sizeFromShape(query.shape);
  /** Parts of the queries' gradient, one for each block of keys, so that blocks can be done by themselves. */
  const partsOf = (heads: number, keys: number) => {
    const blocks = engine.simd.attentionKeyBlocks(keys);
    return engine.threads > 1 && heads < FEW_HEADS * engine.threads && blocks > 1 ? blocks : 0;
  };
  const plan = planAttention(engine, inputs, attrs, (heads, keys) => 4 * count * partsOf(heads, keys));
  const { heads, queries, keys, geometry, offsets, depths } = plan;
  const [dqAt, dkAt, dvAt] = gradients.map((tensor) => engine.offset(tensor)) as [number, number, number];
  const parts = partsOf(heads, keys);
  const at = [query, key, values].map((tensor) => engine.offset(tensor));
  const maskAt = mask === undefined ? 0 : engine.offset(mask);
  const rest = [out, kept0, dy].map((tensor) => engine.offset(tensor));
  const results = [parts > 0 ? plan.extra : dqAt, dkAt, dvAt];
  const work = queries * keys * (depths[0] + depths[1]) * 0.25;
  engine.split(
    'attentionGrad',
    [geometry, offsets, ...at, maskAt, ...rest, ...results, attrs.scale, parts > 0 ? 4 * count : 0],
    heads * Math.max(1, parts),
    grainOf(work / Math.max(1, parts)),
    engine.simd.attentionGradScratch(...depths),
  );
  if (keys === 0) engine.heap.fill(0, dqAt, dqAt + 4 * count);
  if (parts > 0) {
    engine.split('sumSlices', [plan.extra, parts, count, dqAt, 0], Math.ceil(count / 256), grainOf(256 * parts));
  }
  return gradients;
});
