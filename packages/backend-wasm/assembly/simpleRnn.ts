// A plain recurrent network over whole sequences: h' = activation(x + h U), tanh or relu.

import { GATE_CONSTANTS, tanhGate, writeGateConstants } from './gates';
import {
  copyOrZero, firstLive, GROUP, holdRow, keepsState, load4, packRow, padGates, paddedBytes, product, store4, store4Packed,
  timeOf, valueRow, valueRows,
} from './recurrent';

/** Set in `options` for relu. */
const RELU: i32 = 8;

function stepRow(
  units: i32, options: i32, z: usize, bias: usize, gates: usize, packed: usize, nextHidden: usize, out: usize,
  constants: usize,
): void {
  let at: usize = 0;
  for (let left = units; left > 0; left -= 4, at += 16) {
    const x = f32x4.add(f32x4.add(load4(gates + at, left), v128.load(bias + at)), v128.load(z + at));
    const h = options & RELU ? f32x4.max(x, f32x4.splat(0)) : tanhGate(x, constants);
    store4(gates + at, h, left);
    store4(nextHidden + at, h, left);
    store4(out + at, h, left);
    store4Packed(packed + (at << 2), h, left);
  }
}

/**
 * `gates` [batch, time, units] holds x W and is overwritten by the states after each step, `hiddens` gets those before.
 * bias, mask and hidden0 may be 0.
 */
export function simpleRnn(
  batch: i32, time: i32, units: i32, options: i32, gates: usize, kernel: usize, bias: usize, mask: usize, hidden0: usize,
  hiddens: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const paddedBias = scratch + GATE_CONSTANTS;
  const spare = paddedBias + span;
  const z = spare + span;
  const packed = z + block * GROUP;
  const live = packed + block * GROUP;
  writeGateConstants(scratch);
  padGates(paddedBias, bias, units, 1);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(packed, 0, block * GROUP);
    for (let r = 0; r < count; r++) {
      const start = <usize>((row0 + r) * time + timeOf(0, time, options)) * width;
      copyOrZero(hiddens + start, hidden0 ? hidden0 + width * (row0 + r) : 0, units);
      packRow(packed + block * (r >> 2) + (<usize>(r & 3) << 2), hiddens + start, units);
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
    }
    for (let step = 0; step < time; step++) {
      product(blocks, units, packed, block, kernel, <usize>units << 5, <i32>(span >> 5), z, span, false);
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = <usize>(row * time + timeOf(step, time, options));
        const valueAt = value + width * (row * rows);
        let nextHidden = hiddens + <usize>(row * time + timeOf(step + 1, time, options)) * width;
        if (step == time - 1) nextHidden = keepsState(options) ? valueAt + width * (rows - 1) : spare;
        const out = to < 0 ? spare : valueAt + width * to;
        if (mask == 0 || load<u8>(mask + at)) {
          const packedAt = packed + block * (r >> 2) + (<usize>(r & 3) << 2);
          stepRow(units, options, z + span * r, paddedBias, gates + width * at, packedAt, nextHidden, out, scratch);
        } else {
          memory.copy(nextHidden, hiddens + width * at, width);
          copyOrZero(out, step < load<i32>(live + (<usize>r << 2)) ? 0 : hiddens + width * at, units);
        }
      }
    }
  }
}

function backRow(
  units: i32, options: i32, gates: usize, dy: usize, dh: usize, packed: usize, dz: usize, sums: usize,
): void {
  const zero = f32x4.splat(0);
  let at: usize = 0;
  for (let left = units; left > 0; left -= 4, at += 16) {
    const h = load4(gates + at, left);
    const dHidden = f32x4.add(v128.load(dh + at), load4(dy + at, left));
    const d = options & RELU
      ? v128.and(dHidden, f32x4.gt(h, zero))
      : f32x4.mul(dHidden, f32x4.sub(f32x4.splat(1), f32x4.mul(h, h)));
    v128.store(dh + at, zero);
    store4(dz + at, d, left);
    store4Packed(packed + (at << 2), d, left);
    store4(sums + at, f32x4.add(load4(sums + at, left), d), left);
  }
}

/** Back through time, as `lstmGrad`: `dz` [batch, time, units], `sums` [blocks, units]. */
export function simpleRnnGrad(
  batch: i32, time: i32, units: i32, options: i32, gates: usize, kernel: usize, mask: usize, dy: usize, dz: usize,
  sums: usize, dHidden0: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const none = scratch;
  const dh = none + span;
  const packed = dh + block * GROUP;
  const live = packed + block * GROUP;
  memory.fill(none, 0, span);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(dh, 0, 2 * block * GROUP);
    memory.fill(sums + width * from, 0, width * blocks);
    for (let r = 0; r < count; r++) {
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
      if (keepsState(options)) memory.copy(dh + span * r, dy + width * ((row0 + r) * rows + rows - 1), width);
    }
    for (let step = time - 1; step >= 0; step--) {
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = <usize>(row * time + timeOf(step, time, options));
        const counts = to >= 0 && step >= load<i32>(live + (<usize>r << 2));
        const dyAt = counts ? dy + width * (row * rows + to) : none;
        const packedAt = packed + block * (r >> 2) + (<usize>(r & 3) << 2);
        if (mask == 0 || load<u8>(mask + at)) {
          const sumsAt = sums + width * (from + (r >> 2));
          backRow(units, options, gates + width * at, dyAt, dh + span * r, packedAt, dz + width * at, sumsAt);
        } else {
          holdRow(units, 1, dyAt, dh + span * r, packedAt, dz + width * at);
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
