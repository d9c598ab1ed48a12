// Gated recurrent units over whole sequences, the reset gate before the product, gates in the order z, r, g:
// z, r = sigmoid(x + h U), g = tanh(x + (r h) U), h' = g + z (h - g). The recurrent kernel of the candidate is packed behind
// that of the gates, because its product has to wait for them.

import { fma4 } from './fma';
import { sigmoidGate, tanhGate, GATE_CONSTANTS, writeGateConstants } from './gates';
import {
  addRow, addTo, copyOrZero, counts, firstLive, GROUP, holdRow, interleaved, keepsState, packRow, paddedBytes, padRow, placeOf,
  product, projectionOf, recurrentPackedBytes, store4Packed, valueRow, valueRows,
} from './recurrent';

/** The gates of one row, from x W + b and h U; `reset` and `packed` get r h. */
function gateRow(
  span: usize, projected: usize, z: usize, gates: usize, reset: usize, hidden: usize, packed: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3), zAt = z + interleaved(at, 2);
    const from = projected + wide, gate = gates + wide;
    const keep = sigmoidGate(f32x4.add(v128.load(from), v128.load(zAt)), constants);
    const r = sigmoidGate(f32x4.add(v128.load(from, 32), v128.load(zAt, 32)), constants);
    const h = f32x4.mul(r, v128.load(hidden + at));
    v128.store(gate, keep);
    v128.store(gate, r, 32);
    v128.store(reset + at, h);
    store4Packed(packed + (at << 2), h);
  }
}

/** The candidate and the state of one row, once (r h) U is there. */
function stateRow(
  span: usize, projected: usize, z: usize, gates: usize, hidden: usize, packed: usize, nextHidden: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const g = tanhGate(f32x4.add(v128.load(projected + wide, 64), v128.load(z + at)), constants);
    const h = fma4(v128.load(gates + wide), f32x4.sub(v128.load(hidden + at), g), g);
    v128.store(gates + wide, g, 64);
    v128.store(nextHidden + at, h);
    store4Packed(packed + (at << 2), h);
  }
}

/**
 * `projected` holds x W + b, interleaved, for each place or (see projectionOf) by `index`; `gates` [time, batch, padded
 * units · 3] gets the gates and may be the same memory; `hiddens` [time, batch, padded units] gets the state before each
 * step, `resets` what of it the reset gate leaves. index, mask and hidden0 may be 0.
 */
export function gruBefore(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, projected: usize, index: usize, gates: usize, mask: usize,
  hidden0: usize, hiddens: usize, resets: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const candidate = kernel + recurrentPackedBytes(units, 2);
  const z = scratch + GATE_CONSTANTS;
  const inner = z + block * 2 * GROUP;
  const packed = inner + block * GROUP;
  const packedReset = packed + block * GROUP;
  const final = packedReset + block * GROUP;
  const live = final + block * GROUP;
  const panel = <usize>units << 5;
  writeGateConstants(scratch);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(packed, 0, 2 * block * GROUP);
    for (let r = 0; r < count; r++) {
      const start = placeOf(row0 + r, 0, batch, time, options) * span;
      padRow(hiddens + start, hidden0 ? hidden0 + width * (row0 + r) : 0, units);
      packRow(packed + block * (r >> 2) + (<usize>(r & 3) << 2), hiddens + start, units);
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
    }
    for (let step = 0; step < time; step++) {
      product(blocks, units, packed, block, kernel, panel, <i32>(2 * span >> 5), z, 2 * span, false);
      for (let r = 0; r < count; r++) {
        if (!counts(mask, row0 + r, step, time, options)) continue;
        const at = placeOf(row0 + r, step, batch, time, options);
        gateRow(
          span, projectionOf(projected, index, at, 3 * span), z + 2 * span * r, gates + 3 * span * at, resets + span * at,
          hiddens + span * at, packedReset + block * (r >> 2) + (<usize>(r & 3) << 2), scratch,
        );
      }
      product(blocks, units, packedReset, block, candidate, panel, <i32>(span >> 5), inner, span, false);
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = placeOf(row, step, batch, time, options);
        const ends = step == time - 1;
        const nextHidden = ends ? final + span * r : hiddens + placeOf(row, step + 1, batch, time, options) * span;
        if (counts(mask, row, step, time, options)) {
          stateRow(
            span, projectionOf(projected, index, at, 3 * span), inner + span * r, gates + 3 * span * at, hiddens + span * at,
            packed + block * (r >> 2) + (<usize>(r & 3) << 2), nextHidden, scratch,
          );
        } else {
          memory.copy(nextHidden, hiddens + span * at, span);
          // The gradient multiplies by it, if only with zeros.
          memory.fill(resets + span * at, 0, span);
        }
        const valueAt = value + width * (row * rows);
        if (to >= 0) copyOrZero(valueAt + width * to, step < load<i32>(live + (<usize>r << 2)) ? 0 : nextHidden, units);
        if (ends && keepsState(options)) memory.copy(valueAt + width * (rows - 1), nextHidden, width);
      }
    }
  }
}

/** Back to the keeping gate and the candidate of one row; `dg` and `packed` get the candidate's gradient too. */
function backState(
  span: usize, gates: usize, hidden: usize, dh: usize, packed: usize, dx: usize, dg: usize, sums: usize,
): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const keep = v128.load(gates + wide), g = v128.load(gates + wide, 64);
    const dHidden = v128.load(dh + at);
    const rest = f32x4.sub(one, keep);
    const dKeep = f32x4.mul(f32x4.mul(dHidden, f32x4.sub(v128.load(hidden + at), g)), f32x4.mul(keep, rest));
    const dCandidate = f32x4.mul(f32x4.mul(dHidden, rest), f32x4.sub(one, f32x4.mul(g, g)));
    v128.store(dh + at, f32x4.mul(dHidden, keep));
    v128.store(dx + wide, dKeep);
    v128.store(dx + wide, dCandidate, 64);
    v128.store(dg + at, dCandidate);
    store4Packed(packed + (at << 2), dCandidate);
    addTo(sums + wide, dKeep);
    addTo(sums + wide + 64, dCandidate);
  }
}

/** Back through r h, whose gradient is `dr`, to the reset gate and h; `packed` gets the gradients of both gates. */
function backReset(span: usize, gates: usize, hidden: usize, dr: usize, dh: usize, packed: usize, dx: usize, sums: usize): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const r = v128.load(gates + wide, 32), d = v128.load(dr + at);
    const dReset = f32x4.mul(f32x4.mul(d, v128.load(hidden + at)), f32x4.mul(r, f32x4.sub(one, r)));
    v128.store(dh + at, fma4(d, r, v128.load(dh + at)));
    v128.store(dx + wide, dReset, 32);
    const put = packed + (interleaved(at, 2) << 2);
    store4Packed(put, v128.load(dx + wide));
    store4Packed(put + 128, dReset);
    addTo(sums + wide + 32, dReset);
  }
}

/**
 * Back through time: `dx` [time, batch, padded units · 3] gets the gradients of x W and of h U for the gates, `dg` [time,
 * batch, padded units] those of the candidate once more, `sums` [blocks, padded units · 3] the sums over the rows of each
 * block, and dHidden0, which may be 0, the gradient of the initial state.
 */
export function gruBeforeGrad(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, gates: usize, mask: usize, hiddens: usize, dy: usize,
  dx: usize, dg: usize, sums: usize, dHidden0: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const candidate = kernel + recurrentPackedBytes(units, 2);
  const dh = scratch;
  const dr = dh + block * GROUP;
  const packedGates = dr + block * GROUP;
  const packed = packedGates + 2 * block * GROUP;
  const live = packed + block * GROUP;
  const deep = <i32>(span >> 2), panels = <i32>(span >> 5);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(dh, 0, 5 * block * GROUP);
    memory.fill(sums + 3 * span * from, 0, 3 * span * blocks);
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
          backState(
            span, gates + 3 * span * at, hiddens + span * at, dhAt, packedAt, dx + 3 * span * at, dg + span * at,
            sums + 3 * span * (from + (r >> 2)),
          );
        } else {
          holdRow(units, 1, packedAt, dg + span * at);
        }
      }
      product(blocks, deep, packed, block, candidate, <usize>deep << 5, panels, dr, span, false);
      for (let r = 0; r < count; r++) {
        const at = placeOf(row0 + r, step, batch, time, options);
        const packedAt = packedGates + 2 * block * (r >> 2) + (<usize>(r & 3) << 2);
        const dxAt = dx + 3 * span * at;
        if (counts(mask, row0 + r, step, time, options)) {
          backReset(
            span, gates + 3 * span * at, hiddens + span * at, dr + span * r, dh + span * r, packedAt, dxAt,
            sums + 3 * span * (from + (r >> 2)),
          );
        } else {
          holdRow(units, 2, packedAt, dxAt);
          memory.fill(dxAt + 2 * span, 0, span);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(blocks, 2 * deep, packedGates, 2 * block, kernel, <usize>deep << 6, panels, dh, span, true);
    }
    if (dHidden0 == 0) continue;
    for (let r = 0; r < count; r++) memory.copy(dHidden0 + width * (row0 + r), dh + span * r, width);
  }
}
