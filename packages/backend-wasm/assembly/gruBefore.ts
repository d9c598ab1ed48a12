// Gated recurrent units over whole sequences, the reset gate before the product, gates in the order z, r, g:
// z, r = sigmoid(x + h U), g = tanh(x + (r h) U), h' = g + z (h - g). The recurrent kernel of the candidate is packed behind
// that of the gates, because its product has to wait for them.

import { fma4 } from './fma';
import { sigmoidGate, tanhGate } from './gates';
import { addTo, interleaved, paddedBytes, product, recurrentPackedBytes } from './recurrent';
import {
  addOutput, nextGroup, openSequence, projectionOf, readFinal, readInitial, ROWS, writeFinal, writeInitial, writeOutput,
} from './sequence';

/** The gates of one row, from x W + b and h U; `reset` gets r h. */
function gateRow(
  span: usize, projected: usize, z: usize, gates: usize, reset: usize, hidden: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3), zAt = z + interleaved(at, 2);
    const from = projected + wide, gate = gates + wide;
    const keep = sigmoidGate(f32x4.add(v128.load(from), v128.load(zAt)), constants);
    const r = sigmoidGate(f32x4.add(v128.load(from, 32), v128.load(zAt, 32)), constants);
    v128.store(gate, keep);
    v128.store(gate, r, 32);
    v128.store(reset + at, f32x4.mul(r, v128.load(hidden + at)));
  }
}

/** The candidate and the state of one row, once (r h) U is there. */
function stateRow(
  span: usize, projected: usize, z: usize, gates: usize, hidden: usize, nextHidden: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const g = tanhGate(f32x4.add(v128.load(projected + wide, 64), v128.load(z + at)), constants);
    v128.store(gates + wide, g, 64);
    v128.store(nextHidden + at, fma4(v128.load(gates + wide), f32x4.sub(v128.load(hidden + at), g), g));
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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units);
  const candidate = kernel + <usize>recurrentPackedBytes(units, 2);
  const z = s.room;
  const inner = z + 2 * span * ROWS;
  const final = inner + span * ROWS;
  while (nextGroup(s, last)) {
    readInitial(s, hidden0, hiddens);
    for (let step = 0; step < time; step++) {
      const stepAt = span * s.place(0, step);
      product(s.count, units, hiddens + stepAt, span, kernel, z, 2 * span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        if (s.counts(r, step)) {
          gateRow(
            span, projectionOf(projected, index, at, 3 * span), z + 2 * span * r, gates + 3 * span * at, resets + span * at,
            hiddens + span * at, s.constants,
          );
        } else {
          // The gradient multiplies by it, if only with zeros.
          memory.fill(resets + span * at, 0, span);
        }
      }
      product(s.count, units, resets + stepAt, span, candidate, inner, span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step), next = s.after(hiddens, final, r, step);
        if (s.counts(r, step)) {
          stateRow(
            span, projectionOf(projected, index, at, 3 * span), inner + span * r, gates + 3 * span * at, hiddens + span * at,
            next, s.constants,
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

/** Back to the keeping gate and the candidate of one row; `dg` gets the candidate's gradient too. */
function backState(span: usize, gates: usize, hidden: usize, dh: usize, dx: usize, dg: usize, sums: usize): void {
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
    addTo(sums + wide, dKeep);
    addTo(sums + wide + 64, dCandidate);
  }
}

/** Back through r h, whose gradient is `dr`, to the reset gate and h; `both` gets the gradients of both gates. */
function backReset(span: usize, gates: usize, hidden: usize, dr: usize, dh: usize, both: usize, dx: usize, sums: usize): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 3);
    const r = v128.load(gates + wide, 32), d = v128.load(dr + at);
    const dReset = f32x4.mul(f32x4.mul(d, v128.load(hidden + at)), f32x4.mul(r, f32x4.sub(one, r)));
    v128.store(dh + at, fma4(d, r, v128.load(dh + at)));
    v128.store(dx + wide, dReset, 32);
    const to = both + interleaved(at, 2);
    v128.store(to, v128.load(dx + wide));
    v128.store(to, dReset, 32);
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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units);
  const candidate = kernel + <usize>recurrentPackedBytes(units, 2);
  const dh = s.room;
  const dr = dh + span * ROWS;
  const both = dr + span * ROWS;
  const deep = <i32>(span >> 2);
  while (nextGroup(s, last)) {
    readFinal(s, 0, dh, dy);
    memory.fill(sums + 3 * span * s.first, 0, 3 * span * s.blocks);
    for (let step = time - 1; step >= 0; step--) {
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const dhAt = dh + span * r;
        addOutput(s, r, step, dhAt, dy);
        if (s.counts(r, step)) {
          backState(
            span, gates + 3 * span * at, hiddens + span * at, dhAt, dx + 3 * span * at, dg + span * at,
            sums + 3 * span * (s.first + (r >> 2)),
          );
        } else {
          memory.fill(dg + span * at, 0, span);
        }
      }
      product(s.count, deep, dg + span * s.place(0, step), span, candidate, dr, span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const bothAt = both + 2 * span * r, dxAt = dx + 3 * span * at;
        if (s.counts(r, step)) {
          backReset(
            span, gates + 3 * span * at, hiddens + span * at, dr + span * r, dh + span * r, bothAt, dxAt,
            sums + 3 * span * (s.first + (r >> 2)),
          );
        } else {
          // What flows in stays for the step before.
          memory.fill(bothAt, 0, 2 * span);
          memory.fill(dxAt, 0, 3 * span);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(s.count, 2 * deep, both, 2 * span, kernel, dh, span, true);
    }
    writeInitial(s, dh, dHidden0);
  }
}
