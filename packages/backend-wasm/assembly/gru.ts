// Gated recurrent units over whole sequences, the reset gate after the product, gates in the order z, r, g:
// z, r = sigmoid(x + h U), g = tanh(x + r (h U)), h' = g + z (h - g).

import { fma4 } from './fma';
import { GATE_CONSTANTS, sigmoidGate, tanhGate, writeGateConstants } from './gates';
import {
  copyOrZero, firstLive, GROUP, holdRow, keepsState, load4, packRow, padGates, paddedBytes, product, store4, store4Packed,
  timeOf, valueRow, valueRows,
} from './recurrent';

/** One step of one row; `gates` holds x W and gets the gates, `inner` the candidate's part of h U, `packed` gets h. */
function stepRow(
  units: i32, z: usize, bias: usize, gates: usize, inner: usize, hidden: usize, packed: usize, nextHidden: usize, out: usize,
  constants: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  let at: usize = 0;
  for (let left = units; left > 0; left -= 4, at += 16) {
    const zAt = z + at, biasAt = bias + at, gate = gates + at;
    const biasZ = f32x4.add(v128.load(biasAt), v128.load(biasAt + 3 * span));
    const biasR = f32x4.add(v128.load(biasAt + span), v128.load(biasAt + 4 * span));
    const keep = sigmoidGate(f32x4.add(f32x4.add(load4(gate, left), biasZ), v128.load(zAt)), constants);
    const reset = sigmoidGate(f32x4.add(f32x4.add(load4(gate + width, left), biasR), v128.load(zAt + span)), constants);
    const recurrent = f32x4.add(v128.load(zAt + 2 * span), v128.load(biasAt + 5 * span));
    const input = f32x4.add(load4(gate + 2 * width, left), v128.load(biasAt + 2 * span));
    const g = tanhGate(fma4(reset, recurrent, input), constants);
    const h = fma4(keep, f32x4.sub(load4(hidden + at, left), g), g);
    store4(gate, keep, left);
    store4(gate + width, reset, left);
    store4(gate + 2 * width, g, left);
    store4(inner + at, recurrent, left);
    store4(nextHidden + at, h, left);
    store4(out + at, h, left);
    store4Packed(packed + (at << 2), h, left);
  }
}

/**
 * `gates` [batch, time, 3 units] holds x W and is overwritten by the gates; `hiddens` [batch, time, units] gets the state
 * before each step, `inner` the candidate's part of h U with its bias. bias [2, 3 units], mask and hidden0 may be 0.
 */
export function gru(
  batch: i32, time: i32, units: i32, options: i32, gates: usize, kernel: usize, bias: usize, mask: usize, hidden0: usize,
  hiddens: usize, inner: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const paddedBias = scratch + GATE_CONSTANTS;
  const spare = paddedBias + 6 * span;
  const z = spare + span;
  const packed = z + block * 3 * GROUP;
  const live = packed + block * GROUP;
  writeGateConstants(scratch);
  padGates(paddedBias, bias, units, 6);
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
      product(blocks, units, packed, block, kernel, <usize>units << 5, <i32>(3 * span >> 5), z, 3 * span, false);
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = <usize>(row * time + timeOf(step, time, options));
        const valueAt = value + width * (row * rows);
        let nextHidden = hiddens + <usize>(row * time + timeOf(step + 1, time, options)) * width;
        if (step == time - 1) nextHidden = keepsState(options) ? valueAt + width * (rows - 1) : spare;
        const out = to < 0 ? spare : valueAt + width * to;
        if (mask == 0 || load<u8>(mask + at)) {
          stepRow(
            units, z + 3 * span * r, paddedBias, gates + 3 * width * at, inner + width * at, hiddens + width * at,
            packed + block * (r >> 2) + (<usize>(r & 3) << 2), nextHidden, out, scratch,
          );
        } else {
          memory.copy(nextHidden, hiddens + width * at, width);
          copyOrZero(out, step < load<i32>(live + (<usize>r << 2)) ? 0 : hiddens + width * at, units);
        }
      }
    }
  }
}

@inline
function addTo(to: usize, value: v128, left: i32): void {
  store4(to, f32x4.add(load4(to, left), value), left);
}

/** One step back of one row; `dx` gets the gradient of x W, `dz` and `packed` that of h U; `dh` what reaches h past it. */
function backRow(
  units: i32, gates: usize, inner: usize, hidden: usize, dy: usize, dh: usize, packed: usize, dx: usize, dz: usize,
  sums: usize,
): void {
  const span = paddedBytes(units) << 2;
  const width = <usize>units << 2;
  const one = f32x4.splat(1);
  let at: usize = 0;
  for (let left = units; left > 0; left -= 4, at += 16) {
    const keep = load4(gates + at, left), reset = load4(gates + at + width, left);
    const g = load4(gates + at + 2 * width, left);
    const dHidden = f32x4.add(v128.load(dh + at), load4(dy + at, left));
    const dKeep = f32x4.mul(
      f32x4.mul(dHidden, f32x4.sub(load4(hidden + at, left), g)), f32x4.mul(keep, f32x4.sub(one, keep)),
    );
    const dg = f32x4.mul(f32x4.mul(dHidden, f32x4.sub(one, keep)), f32x4.sub(one, f32x4.mul(g, g)));
    const dInner = f32x4.mul(dg, reset);
    const dReset = f32x4.mul(f32x4.mul(dInner, load4(inner + at, left)), f32x4.sub(one, reset));
    v128.store(dh + at, f32x4.mul(dHidden, keep));
    store4(dx + at, dKeep, left);
    store4(dx + at + width, dReset, left);
    store4(dx + at + 2 * width, dg, left);
    store4(dz + at, dKeep, left);
    store4(dz + at + width, dReset, left);
    store4(dz + at + 2 * width, dInner, left);
    const to = packed + (at << 2);
    store4Packed(to, dKeep, left);
    store4Packed(to + span, dReset, left);
    store4Packed(to + 2 * span, dInner, left);
    addTo(sums + at, dKeep, left);
    addTo(sums + at + width, dReset, left);
    addTo(sums + at + 2 * width, dg, left);
    addTo(sums + at + 3 * width, dKeep, left);
    addTo(sums + at + 4 * width, dReset, left);
    addTo(sums + at + 5 * width, dInner, left);
  }
}

/**
 * Back through time: `dx` and `dz` [batch, time, 3 units] get the gradients of x W and of h U, `sums` [blocks, 2, 3 units]
 * their sums over the rows of each block, and dHidden0, which may be 0, that of the initial state.
 */
export function gruGrad(
  batch: i32, time: i32, units: i32, options: i32, gates: usize, kernel: usize, mask: usize, hiddens: usize, inner: usize,
  dy: usize, dx: usize, dz: usize, sums: usize, dHidden0: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 1);
  const none = scratch;
  const dh = none + span;
  const packed = dh + block * GROUP;
  const live = packed + 3 * block * GROUP;
  memory.fill(none, 0, span);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(dh, 0, 4 * block * GROUP);
    memory.fill(sums + 6 * width * from, 0, 6 * width * blocks);
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
        const packedAt = packed + 3 * block * (r >> 2) + (<usize>(r & 3) << 2);
        if (mask == 0 || load<u8>(mask + at)) {
          backRow(
            units, gates + 3 * width * at, inner + width * at, hiddens + width * at, dyAt, dh + span * r, packedAt,
            dx + 3 * width * at, dz + 3 * width * at, sums + 6 * width * (from + (r >> 2)),
          );
        } else {
          holdRow(units, 3, dyAt, dh + span * r, packedAt, dz + 3 * width * at);
          memory.fill(dx + 3 * width * at, 0, 3 * width);
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
