// Gated recurrent units over whole sequences, the reset gate after the product, gates in the order z, r, g:
// z, r = sigmoid(x + h U), g = tanh(x + r (h U)), h' = g + z (h - g).

import { fma4 } from './fma';
import { GATE_CONSTANTS, sigmoidGate, tanhGate, writeGateConstants } from './gates';
import {
  addRow, addTo, copyOrZero, counts, firstLive, GROUP, holdRow, interleaved, interleaveGates, keepsState, packRow, paddedBytes, padRow,
  product, projectionOf, store4Packed, placeOf, valueRow, valueRows,
} from './recurrent';

/** One step of one row, from x W + b and h U to the gates and h; `inner` gets the candidate's part of h U, `packed` h too. */
function stepRow(
  span: usize, projected: usize, z: usize, bias: usize, gates: usize, inner: usize, hidden: usize, packed: usize,
  nextHidden: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const gate = gates + wide, from = projected + wide, zAt = z + wide, biasAt = bias + wide;
    const keep = sigmoidGate(f32x4.add(f32x4.add(v128.load(from), v128.load(biasAt)), v128.load(zAt)), constants);
    const reset = sigmoidGate(f32x4.add(f32x4.add(v128.load(from, 32), v128.load(biasAt, 32)), v128.load(zAt, 32)), constants);
    v128.store(gate, keep);
    v128.store(gate, reset, 32);
  }
  // A second pass: in the first nothing waits for anything else.
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const gate = gates + wide;
    const recurrent = f32x4.add(v128.load(z + wide, 64), v128.load(bias + wide, 64));
    const g = tanhGate(fma4(v128.load(gate, 32), recurrent, v128.load(projected + wide, 64)), constants);
    const h = fma4(v128.load(gate), f32x4.sub(v128.load(hidden + at), g), g);
    v128.store(gate, g, 64);
    v128.store(inner + at, recurrent);
    v128.store(nextHidden + at, h);
    store4Packed(packed + (at << 2), h);
  }
}

/**
 * `projected` holds x W + b, interleaved, for each place or (see projectionOf) by `index`; `gates` [time, batch, padded
 * units · 3] gets the gates and may be the same memory; `hiddens` [time, batch, padded units] gets the state before each
 * step, `inner` the candidate's part of h U with its bias. index, bias [3 units], that of h U, mask and hidden0 may be 0.
 */
export function gru(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, projected: usize, index: usize, gates: usize, bias: usize,
  mask: usize, hidden0: usize, hiddens: usize, inner: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const paddedBias = scratch + GATE_CONSTANTS;
  const z = paddedBias + 3 * span;
  const packed = z + block * 3 * GROUP;
  const final = packed + block * GROUP;
  const live = final + block * GROUP;
  writeGateConstants(scratch);
  interleaveGates(1, units, 3, bias, paddedBias);
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
      product(blocks, units, packed, block, kernel, <usize>units << 5, <i32>(3 * span >> 5), z, 3 * span, false);
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = placeOf(row, step, batch, time, options);
        const ends = step == time - 1;
        const next = placeOf(row, step + 1, batch, time, options) * span;
        const nextHidden = ends ? final + span * r : hiddens + next;
        if (counts(mask, row, step, time, options)) {
          stepRow(
            span, projectionOf(projected, index, at, 3 * span), z + 3 * span * r, paddedBias, gates + 3 * span * at,
            inner + span * at, hiddens + span * at, packed + block * (r >> 2) + (<usize>(r & 3) << 2), nextHidden, scratch,
          );
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

/** One step back of one row; `dx` gets the gradient of x W, `dz` and `packed` that of h U; `dh` what reaches h past it. */
function backRow(
  span: usize, gates: usize, inner: usize, hidden: usize, dh: usize, packed: usize, dx: usize, dz: usize, sums: usize,
): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const gate = gates + wide;
    const keep = v128.load(gate), reset = v128.load(gate, 32), g = v128.load(gate, 64);
    const dHidden = v128.load(dh + at);
    const dKeep = f32x4.mul(
      f32x4.mul(dHidden, f32x4.sub(v128.load(hidden + at), g)), f32x4.mul(keep, f32x4.sub(one, keep)),
    );
    const dg = f32x4.mul(f32x4.mul(dHidden, f32x4.sub(one, keep)), f32x4.sub(one, f32x4.mul(g, g)));
    const dInner = f32x4.mul(dg, reset);
    const dReset = f32x4.mul(f32x4.mul(dInner, v128.load(inner + at)), f32x4.sub(one, reset));
    v128.store(dh + at, f32x4.mul(dHidden, keep));
    v128.store(dx + wide, dKeep);
    v128.store(dx + wide, dReset, 32);
    v128.store(dx + wide, dg, 64);
    v128.store(dz + wide, dKeep);
    v128.store(dz + wide, dReset, 32);
    v128.store(dz + wide, dInner, 64);
    const put = packed + (wide << 2);
    store4Packed(put, dKeep);
    store4Packed(put + 128, dReset);
    store4Packed(put + 256, dInner);
    const total = sums + wide, inside = total + 3 * span;
    addTo(total, dKeep);
    addTo(total + 32, dReset);
    addTo(total + 64, dg);
    addTo(inside, dKeep);
    addTo(inside + 32, dReset);
    addTo(inside + 64, dInner);
  }
}

/**
 * Back through time: `dx` and `dz` [time, batch, padded units · 3] get the gradients of x W and of h U, `sums` [blocks, 2,
 * padded units · 3] their sums over the rows of each block, and dHidden0, which may be 0, that of the initial state.
 */
export function gruGrad(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, gates: usize, mask: usize, hiddens: usize, inner: usize,
  dy: usize, dx: usize, dz: usize, sums: usize, dHidden0: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const dh = scratch;
  const packed = dh + block * GROUP;
  const live = packed + 3 * block * GROUP;
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(dh, 0, 4 * block * GROUP);
    memory.fill(sums + 6 * span * from, 0, 6 * span * blocks);
    for (let r = 0; r < count; r++) {
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
      if (keepsState(options)) memory.copy(dh + span * r, dy + width * ((row0 + r) * rows + rows - 1), width);
    }
    for (let step = time - 1; step >= 0; step--) {
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = placeOf(row, step, batch, time, options);
        const packedAt = packed + 3 * block * (r >> 2) + (<usize>(r & 3) << 2);
        const dhAt = dh + span * r;
        if (to >= 0 && step >= load<i32>(live + (<usize>r << 2))) addRow(dhAt, dy + width * (row * rows + to), units);
        if (counts(mask, row, step, time, options)) {
          backRow(
            span, gates + 3 * span * at, inner + span * at, hiddens + span * at, dhAt, packedAt, dx + 3 * span * at,
            dz + 3 * span * at, sums + 6 * span * (from + (r >> 2)),
          );
        } else {
          holdRow(units, 3, packedAt, dz + 3 * span * at);
          memory.fill(dx + 3 * span * at, 0, 3 * span);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      const depth = <i32>(3 * span >> 2);
      product(blocks, depth, packed, <usize>depth << 4, kernel, <usize>depth << 5, <i32>(span >> 5), dh, span, true);
    }
    if (dHidden0 == 0) continue;
    for (let r = 0; r < count; r++) memory.copy(dHidden0 + width * (row0 + r), dh + span * r, width);
  }
}
