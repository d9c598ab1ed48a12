// Gated recurrent units over whole sequences, the reset gate after the product, gates in the order z, r, g:
// z, r = sigmoid(x + h U), g = tanh(x + r (h U)), h' = g + z (h - g).

import { fma4 } from './fma';
import { sigmoidGate, tanhGate } from './gates';
import { addTo, interleaved, interleaveGates, paddedBytes, product } from './recurrent';
import {
  addOutput, nextGroup, openSequence, projectionOf, readFinal, readInitial, ROWS, writeFinal, writeInitial, writeOutput,
} from './sequence';

/** One step of one row, from x W + b and h U to the gates and h; `inner` gets the candidate's part of h U. */
function stepRow(
  span: usize, projected: usize, z: usize, bias: usize, gates: usize, inner: usize, hidden: usize,
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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units);
  const paddedBias = s.room;
  const z = paddedBias + 3 * span;
  const final = z + 3 * span * ROWS;
  interleaveGates(1, units, 3, bias, paddedBias);
  while (nextGroup(s, last)) {
    readInitial(s, hidden0, hiddens);
    for (let step = 0; step < time; step++) {
      product(s.count, units, hiddens + span * s.place(0, step), span, kernel, z, 3 * span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step), next = s.after(hiddens, final, r, step);
        if (s.counts(r, step)) {
          stepRow(
            span, projectionOf(projected, index, at, 3 * span), z + 3 * span * r, paddedBias, gates + 3 * span * at,
            inner + span * at, hiddens + span * at, next, s.constants,
          );
        } else {
          memory.copy(next, hiddens + span * at, span);
        }
        writeOutput(s, r, step, next, value);
      }
    }
    writeFinal(s, 0, final, value);
  }
}

/** One step back of one row; `dx` gets the gradient of x W, `dz` that of h U; `dh` what reaches h past it. */
function backRow(
  span: usize, gates: usize, inner: usize, hidden: usize, dh: usize, dx: usize, dz: usize, sums: usize,
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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units);
  const dh = s.room;
  while (nextGroup(s, last)) {
    readFinal(s, 0, dh, dy);
    memory.fill(sums + 6 * span * s.first, 0, 6 * span * s.blocks);
    for (let step = time - 1; step >= 0; step--) {
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const dhAt = dh + span * r, dxAt = dx + 3 * span * at, dzAt = dz + 3 * span * at;
        addOutput(s, r, step, dhAt, dy);
        if (s.counts(r, step)) {
          backRow(
            span, gates + 3 * span * at, inner + span * at, hiddens + span * at, dhAt, dxAt, dzAt,
            sums + 6 * span * (s.first + (r >> 2)),
          );
        } else {
          // What flows in stays for the step before.
          memory.fill(dxAt, 0, 3 * span);
          memory.fill(dzAt, 0, 3 * span);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(s.count, <i32>(3 * span >> 2), dz + 3 * span * s.place(0, step), 3 * span, kernel, dh, span, true);
    }
    writeInitial(s, dh, dHidden0);
  }
}
