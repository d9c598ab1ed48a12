// Long short-term memory over whole sequences, gates in the order i, f, g, o:
// i, f, o = sigmoid(z), g = tanh(z), c' = f c + i g, h' = o tanh(c').

import { fma4 } from './fma';
import { GATE_CONSTANTS, sigmoidGate, tanhGate, writeGateConstants } from './gates';
import {
  copyOrZero, firstLive, GROUP, holdRow, keepsState, load4, packRow, padGates, paddedBytes, product, store4, store4Packed, timeOf,
  valueRow, valueRows,
} from './recurrent';

/** One step of one row; `gates` holds x W and gets the gates, `packed` gets h. */
function stepRow(
  units: i32, z: usize, bias: usize, gates: usize, cell: usize, packed: usize,
  nextCell: usize, nextHidden: usize, out: usize, constants: usize,
): void {
  const span = paddedBytes(units);
  const width = <usize>units << 2;
  const forget = gates + width, candidate = forget + width, output = candidate + width;
  let at: usize = 0;
  for (let left = units; left > 0; left -= 4, at += 16) {
    const zAt = z + at, biasAt = bias + at;
    const i = sigmoidGate(f32x4.add(f32x4.add(load4(gates + at, left), v128.load(biasAt)), v128.load(zAt)), constants);
    const f = sigmoidGate(f32x4.add(f32x4.add(load4(forget + at, left), v128.load(biasAt + span)), v128.load(zAt + span)), constants);
    const g = tanhGate(f32x4.add(f32x4.add(load4(candidate + at, left), v128.load(biasAt + 2 * span)), v128.load(zAt + 2 * span)), constants);
    const o = sigmoidGate(f32x4.add(f32x4.add(load4(output + at, left), v128.load(biasAt + 3 * span)), v128.load(zAt + 3 * span)), constants);
    const c = fma4(f, load4(cell + at, left), f32x4.mul(i, g));
    const h = f32x4.mul(o, tanhGate(c, constants));
    store4(gates + at, i, left);
    store4(forget + at, f, left);
    store4(candidate + at, g, left);
    store4(output + at, o, left);
    store4(nextCell + at, c, left);
    store4(nextHidden + at, h, left);
    store4(out + at, h, left);
    store4Packed(packed + (at << 2), h, left);
  }
}

/**
 * `gates` [batch, time, 4 units] holds x W and is overwritten by the gates. `hiddens` and `cells` [batch, time, units] get
 * the states before each step; value [batch, rows, units] the outputs, then the final h and c where they are asked for.
 * bias, mask and the initial states may be 0.
 */
export function lstm(
  batch: i32, time: i32, units: i32, options: i32, gates: usize, kernel: usize, bias: usize, mask: usize,
  hidden0: usize, cell0: usize, hiddens: usize, cells: usize, value: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 2);
  const paddedBias = scratch + GATE_CONSTANTS;
  const spare = paddedBias + 4 * span;
  const z = spare + span;
  const packed = z + block * 4 * GROUP;
  const live = packed + block * GROUP;
  writeGateConstants(scratch);
  padGates(paddedBias, bias, units, 4);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(packed, 0, block * GROUP);
    for (let r = 0; r < count; r++) {
      const start = <usize>((row0 + r) * time + timeOf(0, time, options)) * width;
      copyOrZero(hiddens + start, hidden0 ? hidden0 + width * (row0 + r) : 0, units);
      copyOrZero(cells + start, cell0 ? cell0 + width * (row0 + r) : 0, units);
      packRow(packed + block * (r >> 2) + (<usize>(r & 3) << 2), hiddens + start, units);
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
    }
    for (let step = 0; step < time; step++) {
      product(blocks, units, packed, block, kernel, <usize>units << 5, <i32>(span >> 3), z, 4 * span, false);
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = <usize>(row * time + timeOf(step, time, options));
        const next = <usize>(row * time + timeOf(step + 1, time, options)) * width;
        const valueAt = value + width * (row * rows);
        let nextHidden = hiddens + next, nextCell = cells + next;
        if (step == time - 1) {
          nextHidden = keepsState(options) ? valueAt + width * (rows - 2) : spare;
          nextCell = keepsState(options) ? valueAt + width * (rows - 1) : spare;
        }
        const out = to < 0 ? spare : valueAt + width * to;
        if (mask == 0 || load<u8>(mask + at)) {
          stepRow(
            units, z + 4 * span * r, paddedBias, gates + 4 * width * at, cells + width * at,
            packed + block * (r >> 2) + (<usize>(r & 3) << 2), nextCell, nextHidden, out, scratch,
          );
        } else {
          memory.copy(nextCell, cells + width * at, width);
          memory.copy(nextHidden, hiddens + width * at, width);
          copyOrZero(out, step < load<i32>(live + (<usize>r << 2)) ? 0 : hiddens + width * at, units);
        }
      }
    }
  }
}

/** One step back of one row; `packed` and `dz` get the gradient of z, `dh` is cleared for the product to come. */
function backRow(
  units: i32, gates: usize, cell: usize, dy: usize, dh: usize, dc: usize, packed: usize, dz: usize, sums: usize,
  constants: usize,
): void {
  const span = paddedBytes(units) << 2;
  const width = <usize>units << 2;
  const one = f32x4.splat(1);
  let at: usize = 0;
  for (let left = units; left > 0; left -= 4, at += 16) {
    const i = load4(gates + at, left), f = load4(gates + at + width, left);
    const g = load4(gates + at + 2 * width, left), o = load4(gates + at + 3 * width, left);
    const before = load4(cell + at, left);
    const t = tanhGate(fma4(f, before, f32x4.mul(i, g)), constants);
    const dHidden = f32x4.add(v128.load(dh + at), load4(dy + at, left));
    const dCell = fma4(f32x4.mul(dHidden, o), f32x4.sub(one, f32x4.mul(t, t)), v128.load(dc + at));
    const di = f32x4.mul(f32x4.mul(dCell, g), f32x4.mul(i, f32x4.sub(one, i)));
    const df = f32x4.mul(f32x4.mul(dCell, before), f32x4.mul(f, f32x4.sub(one, f)));
    const dg = f32x4.mul(f32x4.mul(dCell, i), f32x4.sub(one, f32x4.mul(g, g)));
    const dO = f32x4.mul(f32x4.mul(dHidden, t), f32x4.mul(o, f32x4.sub(one, o)));
    v128.store(dh + at, f32x4.splat(0));
    v128.store(dc + at, f32x4.mul(dCell, f));
    store4(dz + at, di, left);
    store4(dz + at + width, df, left);
    store4(dz + at + 2 * width, dg, left);
    store4(dz + at + 3 * width, dO, left);
    const to = packed + (at << 2);
    store4Packed(to, di, left);
    store4Packed(to + span, df, left);
    store4Packed(to + 2 * span, dg, left);
    store4Packed(to + 3 * span, dO, left);
    store4(sums + at, f32x4.add(load4(sums + at, left), di), left);
    store4(sums + at + width, f32x4.add(load4(sums + at + width, left), df), left);
    store4(sums + at + 2 * width, f32x4.add(load4(sums + at + 2 * width, left), dg), left);
    store4(sums + at + 3 * width, f32x4.add(load4(sums + at + 3 * width, left), dO), left);
  }
}

/**
 * Back through time: `dz` [batch, time, 4 units] gets the gradient of what goes into the gates, `sums` [blocks, 4 units]
 * its sum over the rows of each block, and dHidden0 and dCell0, which may be 0, those of the initial states.
 */
export function lstmGrad(
  batch: i32, time: i32, units: i32, options: i32, gates: usize, kernel: usize, mask: usize, cells: usize, dy: usize,
  dz: usize, sums: usize, dHidden0: usize, dCell0: usize, first: i32, last: i32, scratch: usize,
): void {
  const span = paddedBytes(units), width = <usize>units << 2;
  const block = span << 2;
  const rows = valueRows(time, options, 2);
  const none = scratch + GATE_CONSTANTS;
  const dh = none + span;
  const dc = dh + block * GROUP;
  const packed = dc + block * GROUP;
  const live = packed + 4 * block * GROUP;
  writeGateConstants(scratch);
  memory.fill(none, 0, span);
  for (let from = first; from < last; from += GROUP) {
    const blocks = min(GROUP, last - from);
    const row0 = from << 2;
    const count = min(blocks << 2, batch - row0);
    memory.fill(dh, 0, 6 * block * GROUP);
    memory.fill(sums + 4 * width * from, 0, 4 * width * blocks);
    for (let r = 0; r < count; r++) {
      store<i32>(live + (<usize>r << 2), firstLive(mask ? mask + <usize>((row0 + r) * time) : 0, time, options));
      if (!keepsState(options)) continue;
      const state = dy + width * ((row0 + r) * rows + rows - 2);
      memory.copy(dh + span * r, state, width);
      memory.copy(dc + span * r, state + width, width);
    }
    for (let step = time - 1; step >= 0; step--) {
      const to = valueRow(step, time, options);
      for (let r = 0; r < count; r++) {
        const row = row0 + r;
        const at = <usize>(row * time + timeOf(step, time, options));
        const counts = to >= 0 && step >= load<i32>(live + (<usize>r << 2));
        const dyAt = counts ? dy + width * (row * rows + to) : none;
        const packedAt = packed + 4 * block * (r >> 2) + (<usize>(r & 3) << 2);
        if (mask == 0 || load<u8>(mask + at)) {
          backRow(
            units, gates + 4 * width * at, cells + width * at, dyAt, dh + span * r, dc + span * r, packedAt,
            dz + 4 * width * at, sums + 4 * width * (from + (r >> 2)), scratch,
          );
        } else {
          holdRow(units, 4, dyAt, dh + span * r, packedAt, dz + 4 * width * at);
        }
      }
      if (step == 0 && dHidden0 == 0) break;
      product(blocks, <i32>span, packed, 4 * block, kernel, span << 5, <i32>(span >> 5), dh, span, true);
    }
    for (let r = 0; r < count; r++) {
      if (dHidden0) memory.copy(dHidden0 + width * (row0 + r), dh + span * r, width);
      if (dCell0) memory.copy(dCell0 + width * (row0 + r), dc + span * r, width);
    }
  }
}
