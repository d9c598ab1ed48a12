import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { requireFloat32 } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { grainOf } from '../grain.js';
import { type AttentionAttrs, type AttentionInputs, AttentionPlan } from './AttentionPlan.js';

const KERNEL = 'ScaledDotProductAttention';

/** softmax(scale q kᵀ + mask) v, block by block; the second output, ln Σ of each query, is for the gradient. */
export const scaledDotProductAttention = defineKernel<AttentionInputs, AttentionAttrs>(
  KERNEL,
  ({ inputs, attrs, engine }) => {
    const { query, key, values, mask } = inputs;
    requireFloat32(KERNEL, mask?.dtype === 'bool' ? { query, key, values } : { query, key, values, mask });
    const out = engine.makeOutput([...query.shape.slice(0, -1), values.shape[values.shape.length - 1]!], 'float32');
    const plan = new AttentionPlan(engine, inputs, attrs, [query, key, values, out]);
    const logs = engine.makeOutput([plan.heads, plan.queries], 'float32');
    const outAt = plan.output(out);
    const at = [query, key, values].map((tensor) => plan.input(tensor));
    const maskAt = mask === undefined ? 0 : engine.offset(mask);
    const args = [plan.geometry, plan.offsets, ...at, maskAt, outAt, engine.offset(logs), attrs.scale];
    const items = util.sizeFromShape(out.shape) === 0 ? 0 : plan.heads * Math.ceil(plan.queries / 32);
    const keys = util.sizeFromShape(key.shape) / Math.max(1, plan.heads);
    engine.split('attention', args, items, grainOf(32 * keys), engine.simd.attentionScratch(...plan.depths));
    plan.finish(out, outAt);
    return [out, logs];
  },
);

export const scaledDotProductAttentionGrad = defineKernel<
  AttentionInputs & { dy: TensorInfo; value: TensorInfo; kept0: TensorInfo },
  AttentionAttrs
>(`${KERNEL}Grad`, ({ inputs, attrs, engine }) => {
  const { query, key, values, mask, dy, kept0, value: out } = inputs;
  const gradients = [query, key, values].map(({ shape }) => engine.makeOutput(shape, 'float32'));
  const plan = new AttentionPlan(engine, inputs, attrs, [query, key, values, out, dy, ...gradients]);
  const results = gradients.map((tensor) => plan.output(tensor));
  const at = [query, key, values, out, dy].map((tensor) => plan.input(tensor));
  const maskAt = mask === undefined ? 0 : engine.offset(mask);
  const args = [
    plan.geometry,
    plan.offsets,
    ...at.slice(0, 3),
    maskAt,
    at[3]!,
    engine.offset(kept0),
    at[4]!,
    ...results,
  ];
  const grain = grainOf(4 * plan.queries * (util.sizeFromShape(key.shape) / Math.max(1, plan.heads)));
  engine.split(
    'attentionGrad',
    [...args, attrs.scale],
    plan.heads,
    grain,
    engine.simd.attentionGradScratch(...plan.depths),
  );
  for (const [i, tensor] of gradients.entries()) plan.finish(tensor, results[i]!);
  return gradients;
});
