// A plain recurrent network over whole sequences: h' = activation(x + h U), tanh or relu.

import { GATE_CONSTANTS, tanhGate, writeGateConstants } from './gates';
import {
  addRow, addTo, copyOrZero, counts, firstLive, GROUP, holdRow, keepsState, packRow, paddedBytes, padRow, product, projectionOf, store4Packed, placeOf,
  valueRow, valueRows,
} from './recurrent';

/** Set in `options` for relu. */
const RELU: i32 = 8;

function stepRow(
  span: usize, options: i32, projected: usize, z: usize, after: usize, packed: usize, nextHidden: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const x = f32x4.add(v128.load(projected + at), v128.load(z + at));
    const h = options & RELU ? f32x4.pmax(x, f32x4.splat(0)) : tanhGate(x, constants);
    v128.store(after + at, h);
    v128.store(nextHidden + at, h);
    store4Packed(packed + (at << 2), h);
  }
}

/**
 * `projected` holds x W + b for each place or (see projectionOf) by `index`; `after` [time, batch, padded units] gets the
 * states after each step and may be the same memory, `hiddens` those before. index, mask and hidden0 may be 0.
 */
export function simpleRnn(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, projected: usize, index: usize, after: usize, mask: usize,
  hidden0: usize, hiddens: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const z = scratch + GATE_CONSTANTS;
  const packed = z + block * GROUP;
  const final = packed + block * GROUP;
  const live = final + block * GROUP;
  writeGateConstants(scratch);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(packed, 0, block * GROUP);
    for (let r = 0; r < count; r++) {
      const start = placeOf(row0 + r, 0, batch, time, options) * span;
      padRow(hiddens + start, hidden0 ? hidden0 + width * (row0 + r) : 0, units);
      packRow(packed + block * (r >> 2) + (<usize>(r & 3) << 2), hiddens + start, units);
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
    }
    for (let step = 0; step < time; step++) {
      product(blocks, units, packed, block, kernel, <usize>units << 5, <i32>(span >> 5), z, span, false);
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = placeOf(row, step, batch, time, options);
        const ends = step == time - 1;
        const next = placeOf(row, step + 1, batch, time, options) * span;
        const nextHidden = ends ? final + span * r : hiddens + next;
        if (counts(mask, row, step, time, options)) {
          const packedAt = packed + block * (r >> 2) + (<usize>(r & 3) << 2);
          const from = projectionOf(projected, index, at, span);
          stepRow(span, options, from, z + span * r, after + span * at, packedAt, nextHidden, scratch);
        } else {
          memory.copy(nextHidden, hiddens + span * at, span);
        }
        const valueAt = value + width * (row * rows);
        if (to >= 0) copyOrZero(valueAt + width * to, step < load<i32>(live + (<usize>r << 2)) ? 0 : nextHidden, units);
        if (ends && keepsState(options)) memory.copy(valueAt + width * (rows - 1), nextHidden, width);
      }
    }
  }
}

function backRow(
  span: usize, options: i32, after: usize, dh: usize, packed: usize, dz: usize, sums: usize,
): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < span; at += 16) {
    const h = v128.load(after + at);
    const dHidden = v128.load(dh + at);
    const d = options & RELU
      ? v128.and(dHidden, f32x4.gt(h, zero))
      : f32x4.mul(dHidden, f32x4.sub(f32x4.splat(1), f32x4.mul(h, h)));
    v128.store(dh + at, zero);
    v128.store(dz + at, d);
    store4Packed(packed + (at << 2), d);
    addTo(sums + at, d);
  }
}

/** Back through time, as `lstmGrad`: `dz` [time, batch, padded units], `sums` [blocks, padded units]. */
export function simpleRnnGrad(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, after: usize, mask: usize, dy: usize, dz: usize,
  sums: usize, dHidden0: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const dh = scratch;
  const packed = dh + block * GROUP;
  const live = packed + block * GROUP;
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(dh, 0, 2 * block * GROUP);
    memory.fill(sums + span * from, 0, span * blocks);
    for (let r = 0; r < count; r++) {
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
      if (keepsState(options)) memory.copy(dh + span * r, dy + width * ((row0 + r) * rows + rows - 1), width);
    }
    for (let step = time - 1; step >= 0; step--) {
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = placeOf(row, step, batch, time, options);
        const packedAt = packed + block * (r >> 2) + (<usize>(r & 3) << 2);
        const dhAt = dh + span * r;
        if (to >= 0 && step >= load<i32>(live + (<usize>r << 2))) addRow(dhAt, dy + width * (row * rows + to), units);
        if (counts(mask, row, step, time, options)) {
          const sumsAt = sums + span * (from + (r >> 2));
          backRow(span, options, after + span * at, dhAt, packedAt, dz + span * at, sumsAt);
        } else {
          holdRow(units, 1, packedAt, dz + span * at);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      const depth = <i32>(span >> 2);
      product(blocks, depth, packed, block, kernel, span << 3, <i32>(span >> 5), dh, span, true);
    }
    if (dHidden0 == 0) continue;
    for (let r = 0; r < count; r++) memory.copy(dHidden0 + width * (row0 + r), dh + span * r, width);
  }
}
