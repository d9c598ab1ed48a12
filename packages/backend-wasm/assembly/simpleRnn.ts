// A plain recurrent network over whole sequences: h' = activation(x + h U), tanh or relu.

import { tanhGate } from './gates';
import { addTo, paddedBytes, product } from './recurrent';
import {
  addOutput, nextGroup, openSequence, projectionOf, readFinal, readInitial, ROWS, writeFinal, writeInitial, writeOutput,
} from './sequence';

/** Set in `options` for relu. */
const RELU: i32 = 8;

function stepRow(
  span: usize, options: i32, projected: usize, z: usize, after: usize, nextHidden: usize, constants: usize,
): void {
  for (let at: usize = 0; at < span; at += 16) {
    const x = f32x4.add(v128.load(projected + at), v128.load(z + at));
    const h = options & RELU ? f32x4.pmax(x, f32x4.splat(0)) : tanhGate(x, constants);
    v128.store(after + at, h);
    v128.store(nextHidden + at, h);
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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units);
  const z = s.room;
  const final = z + span * ROWS;
  while (nextGroup(s, last)) {
    readInitial(s, hidden0, hiddens);
    for (let step = 0; step < time; step++) {
      product(s.count, units, hiddens + span * s.place(0, step), span, kernel, z, span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step), next = s.after(hiddens, final, r, step);
        if (s.counts(r, step)) {
          const from = projectionOf(projected, index, at, span);
          stepRow(span, options, from, z + span * r, after + span * at, next, s.constants);
        } else {
          memory.copy(next, hiddens + span * at, span);
        }
        writeOutput(s, r, step, next, value);
      }
    }
    writeFinal(s, 0, final, value);
  }
}

function backRow(span: usize, options: i32, after: usize, dh: usize, dz: usize, sums: usize): void {
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < span; at += 16) {
    const h = v128.load(after + at);
    const dHidden = v128.load(dh + at);
    const d = options & RELU
      ? v128.and(dHidden, f32x4.gt(h, zero))
      : f32x4.mul(dHidden, f32x4.sub(f32x4.splat(1), f32x4.mul(h, h)));
    v128.store(dh + at, zero);
    v128.store(dz + at, d);
    addTo(sums + at, d);
  }
}

/** Back through time, as `lstmGrad`: `dz` [time, batch, padded units], `sums` [blocks, padded units]. */
export function simpleRnnGrad(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, after: usize, mask: usize, dy: usize, dz: usize,
  sums: usize, dHidden0: usize, first: i32, last: i32, scratch: usize,
): void {
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units);
  const dh = s.room;
  while (nextGroup(s, last)) {
    readFinal(s, 0, dh, dy);
    memory.fill(sums + span * s.first, 0, span * s.blocks);
    for (let step = time - 1; step >= 0; step--) {
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const dhAt = dh + span * r;
        addOutput(s, r, step, dhAt, dy);
        if (s.counts(r, step)) {
          backRow(span, options, after + span * at, dhAt, dz + span * at, sums + span * (s.first + (r >> 2)));
        } else {
          // What flows in stays for the step before.
          memory.fill(dz + span * at, 0, span);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(s.count, <i32>(span >> 2), dz + span * s.place(0, step), span, kernel, dh, span, true);
    }
    writeInitial(s, dh, dHidden0);
  }
}
