// Long short-term memory over whole sequences, gates in the order i, f, g, o:
// i, f, o = sigmoid(z), g = tanh(z), c' = f c + i g, h' = o tanh(c').

import { fma4 } from './fma';
import { sigmoidGate, tanhGate } from './gates';
import { addTo, interleaved, paddedBytes, product } from './recurrent';
import {
  addOutput, nextGroup, openSequence, projectionOf, readFinal, readInitial, ROWS, writeFinal, writeInitial, writeOutput,
} from './sequence';

/** What goes into four units of a gate: x W + b and h U. */
@inline
function entering(projected: usize, z: usize, offset: usize): v128 {
  return f32x4.add(v128.load(projected + offset), v128.load(z + offset));
}

/** One step of one row, from x W + b and h U to the gates, c and h. */
function stepRow(
  span: usize, projected: usize, z: usize, gates: usize, cell: usize, nextCell: usize, nextHidden: usize, constants: usize,
): void {
  // Two passes: in the first nothing waits for anything else.
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 4);
    const gate = gates + wide, from = projected + wide, zAt = z + wide;
    const i = sigmoidGate(entering(from, zAt, 0), constants);
    const f = sigmoidGate(entering(from, zAt, 32), constants);
    const g = tanhGate(entering(from, zAt, 64), constants);
    const o = sigmoidGate(entering(from, zAt, 96), constants);
    v128.store(gate, i);
    v128.store(gate, f, 32);
    v128.store(gate, g, 64);
    v128.store(gate, o, 96);
  }
  for (let at: usize = 0; at < span; at += 16) {
    const gate = gates + interleaved(at, 4);
    const c = fma4(v128.load(gate, 32), v128.load(cell + at), f32x4.mul(v128.load(gate), v128.load(gate, 64)));
    const h = f32x4.mul(v128.load(gate, 96), tanhGate(c, constants));
    v128.store(nextCell + at, c);
    v128.store(nextHidden + at, h);
  }
}

/**
 * `projected` holds x W + b, interleaved, for each place or (see projectionOf) by `index`; `gates` [time, batch, padded
 * units · 4] gets the gates and may be the same memory. `hiddens` and `cells` [time, batch, padded units] get the states
 * before each step; value [batch, rows, units] the outputs, then the final h and c where they are asked for. index, mask and
 * the initial states may be 0.
 */
export function lstm(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, projected: usize, index: usize, gates: usize, mask: usize,
  hidden0: usize, cell0: usize, hiddens: usize, cells: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const s = openSequence(scratch, batch, time, units, options, 2, mask, first);
  const span = paddedBytes(units);
  const z = s.room;
  const finalHidden = z + 4 * span * ROWS;
  const finalCell = finalHidden + span * ROWS;
  while (nextGroup(s, last)) {
    readInitial(s, hidden0, hiddens);
    readInitial(s, cell0, cells);
    for (let step = 0; step < time; step++) {
      product(s.count, units, hiddens + span * s.place(0, step), span, kernel, z, 4 * span, false);
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const nextHidden = s.after(hiddens, finalHidden, r, step), nextCell = s.after(cells, finalCell, r, step);
        if (s.counts(r, step)) {
          stepRow(
            span, projectionOf(projected, index, at, 4 * span), z + 4 * span * r, gates + 4 * span * at, cells + span * at,
            nextCell, nextHidden, s.constants,
          );
        } else {
          memory.copy(nextCell, cells + span * at, span);
          memory.copy(nextHidden, hiddens + span * at, span);
        }
        writeOutput(s, r, step, nextHidden, value);
      }
    }
    writeFinal(s, 0, finalHidden, value);
    writeFinal(s, 1, finalCell, value);
  }
}

/** One step back of one row; `dz` gets the gradient of z, `dh` is cleared for the product to come. */
function backRow(
  span: usize, gates: usize, cell: usize, dh: usize, dc: usize, dz: usize, sums: usize, constants: usize,
): void {
  const one = f32x4.splat(1);
  for (let at: usize = 0; at < span; at += 16) {
    const wide = interleaved(at, 4);
    const gate = gates + wide;
    const i = v128.load(gate), f = v128.load(gate, 32), g = v128.load(gate, 64), o = v128.load(gate, 96);
    const before = v128.load(cell + at);
    const t = tanhGate(fma4(f, before, f32x4.mul(i, g)), constants);
    const dHidden = v128.load(dh + at);
    const dCell = fma4(f32x4.mul(dHidden, o), f32x4.sub(one, f32x4.mul(t, t)), v128.load(dc + at));
    const di = f32x4.mul(f32x4.mul(dCell, g), f32x4.mul(i, f32x4.sub(one, i)));
    const df = f32x4.mul(f32x4.mul(dCell, before), f32x4.mul(f, f32x4.sub(one, f)));
    const dg = f32x4.mul(f32x4.mul(dCell, i), f32x4.sub(one, f32x4.mul(g, g)));
    const dO = f32x4.mul(f32x4.mul(dHidden, t), f32x4.mul(o, f32x4.sub(one, o)));
    v128.store(dh + at, f32x4.splat(0));
    v128.store(dc + at, f32x4.mul(dCell, f));
    const to = dz + wide, total = sums + wide;
    v128.store(to, di);
    v128.store(to, df, 32);
    v128.store(to, dg, 64);
    v128.store(to, dO, 96);
    addTo(total, di);
    addTo(total + 32, df);
    addTo(total + 64, dg);
    addTo(total + 96, dO);
  }
}

/**
 * Back through time: `dz` [time, batch, padded units · 4] gets the gradient of what goes into the gates, `sums` [blocks,
 * padded units · 4] its sum over the rows of each block, and dHidden0 and dCell0, which may be 0, those of the initial state.
 */
export function lstmGrad(
  batch: i32, time: i32, units: i32, options: i32, kernel: usize, gates: usize, mask: usize, cells: usize, dy: usize,
  dz: usize, sums: usize, dHidden0: usize, dCell0: usize, first: i32, last: i32, scratch: usize,
): void {
  const s = openSequence(scratch, batch, time, units, options, 2, mask, first);
  const span = paddedBytes(units);
  const dh = s.room;
  const dc = dh + span * ROWS;
  while (nextGroup(s, last)) {
    readFinal(s, 0, dh, dy);
    readFinal(s, 1, dc, dy);
    memory.fill(sums + 4 * span * s.first, 0, 4 * span * s.blocks);
    for (let step = time - 1; step >= 0; step--) {
      for (let r = 0; r < s.count; r++) {
        const at = s.place(r, step);
        const dhAt = dh + span * r, dzAt = dz + 4 * span * at;
        addOutput(s, r, step, dhAt, dy);
        if (s.counts(r, step)) {
          const sumsAt = sums + 4 * span * (s.first + (r >> 2));
          backRow(span, gates + 4 * span * at, cells + span * at, dhAt, dc + span * r, dzAt, sumsAt, s.constants);
        } else {
          // What flows in stays for the step before.
          memory.fill(dzAt, 0, 4 * span);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(s.count, <i32>span, dz + 4 * span * s.place(0, step), 4 * span, kernel, dh, span, true);
    }
    writeInitial(s, dh, dHidden0);
    writeInitial(s, dc, dCell0);
  }
}
