import { Tile, type TileAttrs, type TileInputs } from '@tensorflow/tfjs-core';
import { requireCounts } from '../checks.js';
import { defineKernel } from '../defineKernel.js';
import { moveElements, stridesOf, targetOf } from './moveElements.js';

/** Copies of x behind each other along every axis. */
export const tile = /* @__PURE__ */ defineKernel<TileInputs, TileAttrs>(
  Tile,
  ({ inputs: { x }, attrs: { reps }, engine }) => {
    requireCounts(Tile, 'reps', reps);
    const shape = x.shape.map((size, axis) => size * reps[axis]!);
    const out = targetOf(engine, shape, x.dtype);
    const [from, to] = [stridesOf(x.shape), stridesOf(shape)];
    const axes = x.shape.flatMap((size, axis) => [
      [reps[axis]!, 0, size * to[axis]!] as const,
      [size, from[axis]!, to[axis]!] as const,
    ]);
    moveElements(engine, x, out, axes);
    return out;
  },
);
