// A plain recurrent network over whole sequences: h' = activation(x + h U), tanh or relu.

import { tanhGate } from './gates';
import { addTo, holdRow, paddedBytes, product, store4Packed } from './recurrent';
import {
  addOutput, GROUP, nextGroup, openSequence, packedRow, projectionOf, readFinal, readInitial, writeFinal,
  writeInitial, writeOutput,
} from './sequence';

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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units), block = span << 2;
  const z = s.room;
  const packed = z + block * GROUP;
  const final = packed + block * GROUP;
  while (nextGroup(s, last)) {
    readInitial(s, hidden0, hiddens, packed);
    for (let step = 0; step < time; step++) {
      product(s.blocks, units, packed, block, kernel, z, span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step), next = s.after(hiddens, final, r, step);
        if (s.counts(r, step)) {
          const from = projectionOf(projected, index, at, span), packedAt = packedRow(packed, block, r);
          stepRow(span, options, from, z + span * r, after + span * at, packedAt, next, s.constants);
        } else {
          memory.copy(next, hiddens + span * at, span);
        }
        writeOutput(s, r, step, next, value);
      }
    }
    writeFinal(s, 0, final, value);
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
  const s = openSequence(scratch, batch, time, units, options, 1, mask, first);
  const span = paddedBytes(units), block = span << 2;
  const dh = s.room;
  const packed = dh + block * GROUP;
  while (nextGroup(s, last)) {
    readFinal(s, 0, dh, dy);
    memory.fill(packed, 0, block * GROUP);
    memory.fill(sums + span * s.first, 0, span * s.blocks);
    for (let step = time - 1; step >= 0; step--) {
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const packedAt = packedRow(packed, block, r), dhAt = dh + span * r;
        addOutput(s, r, step, dhAt, dy);
        if (s.counts(r, step)) {
          backRow(span, options, after + span * at, dhAt, packedAt, dz + span * at, sums + span * (s.first + (r >> 2)));
        } else {
          holdRow(units, 1, packedAt, dz + span * at);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(s.blocks, <i32>(span >> 2), packed, block, kernel, dh, span, true);
    }
    writeInitial(s, dh, dHidden0);
  }
}
