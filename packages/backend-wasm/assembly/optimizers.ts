// Steps of optimizers, in place over all parameters: tensor 0 of a row is the parameter, 1 its gradient, 2 to 4 its slots;
// the row's factor is what weight decay leaves of the parameter. The last elements of a parameter that do not fill a vector
// are taken through scratch memory, so that they go through the same arithmetic.

import { fma4 } from './fma';
import { BLOCK, count, factor, firstBlock, rowOf, tensorAt } from './parameterTable';

/** Copies `width` lanes of up to 3 floats between the tensors of a row and scratch memory, 16 bytes a tensor. */
@inline
function moveRest(row: usize, width: i32, offset: usize, scratch: usize, bytes: usize, back: bool): void {
  for (let i = 0; i < width; i++) {
    const tensor = tensorAt(row, i, offset), lane = scratch + (<usize>i << 4);
    memory.copy(back ? tensor : lane, back ? lane : tensor, bytes);
  }
}

function adamRun(
  w: usize, g: usize, m: usize, v: usize, vHat: usize, bytes: usize,
  decay: f32, alpha: f32, ofMean: f32, ofSquare: f32, epsilon: f32,
): void {
  const left = f32x4.splat(decay), rate = f32x4.splat(-alpha), small = f32x4.splat(epsilon);
  const mean = f32x4.splat(ofMean), square = f32x4.splat(ofSquare);
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = v128.load(g + at);
    const m0 = v128.load(m + at), v0 = v128.load(v + at);
    const m1 = fma4(f32x4.sub(gradient, m0), mean, m0);
    const v1 = fma4(f32x4.sub(f32x4.mul(gradient, gradient), v0), square, v0);
    v128.store(m + at, m1);
    v128.store(v + at, v1);
    let under = v1;
    if (vHat != 0) {
      under = f32x4.max(v128.load(vHat + at), v1);
      v128.store(vHat + at, under);
    }
    const step = f32x4.div(f32x4.mul(m1, rate), f32x4.add(f32x4.sqrt(under), small));
    v128.store(w + at, fma4(v128.load(w + at), left, step));
  }
}

/** m += (g - m) ofMean; v += (g² - v) ofSquare; w = w factor - alpha m / (√v + epsilon), with the largest v if `amsgrad`. */
export function adamUpdate(
  table: usize, alpha: f32, ofMean: f32, ofSquare: f32, epsilon: f32, amsgrad: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const width = 4 + amsgrad;
  let row = table;
  for (let block = first; block < last; block++) {
    row = rowOf(row, block);
    const start = (block - firstBlock(row)) * BLOCK, size = min(BLOCK, count(row) - start), rest = size & 3;
    const offset = <usize>start << 2, bytes = <usize>(size - rest) << 2;
    adamRun(
      tensorAt(row, 0, offset), tensorAt(row, 1, offset), tensorAt(row, 2, offset), tensorAt(row, 3, offset),
      amsgrad ? tensorAt(row, 4, offset) : 0, bytes, factor(row), alpha, ofMean, ofSquare, epsilon,
    );
    if (rest == 0) continue;
    moveRest(row, width, offset + bytes, scratch, <usize>rest << 2, false);
    adamRun(
      scratch, scratch + 16, scratch + 32, scratch + 48, amsgrad ? scratch + 64 : 0, 16,
      factor(row), alpha, ofMean, ofSquare, epsilon,
    );
    moveRest(row, width, offset + bytes, scratch, <usize>rest << 2, true);
  }
}

function sgdRun(w: usize, g: usize, m: usize, bytes: usize, learningRate: f32, momentum: f32, nesterov: i32): void {
  const rate = f32x4.splat(-learningRate), kept = f32x4.splat(momentum);
  for (let at: usize = 0; at < bytes; at += 16) {
    const step = f32x4.mul(v128.load(g + at), rate);
    let change = step;
    if (m != 0) {
      change = fma4(v128.load(m + at), kept, step);
      v128.store(m + at, change);
      if (nesterov) change = fma4(change, kept, step);
    }
    v128.store(w + at, f32x4.add(v128.load(w + at), change));
  }
}

/** w -= learningRate g; with slots m = momentum m - learningRate g, w += m, or with `nesterov` w += momentum m - learningRate g. */
export function sgdUpdate(
  table: usize, learningRate: f32, momentum: f32, nesterov: i32, slots: i32,
  first: i32, last: i32, scratch: usize,
): void {
  let row = table;
  for (let block = first; block < last; block++) {
    row = rowOf(row, block);
    const start = (block - firstBlock(row)) * BLOCK, size = min(BLOCK, count(row) - start), rest = size & 3;
    const offset = <usize>start << 2, bytes = <usize>(size - rest) << 2;
    const m = slots ? tensorAt(row, 2, offset) : 0;
    sgdRun(tensorAt(row, 0, offset), tensorAt(row, 1, offset), m, bytes, learningRate, momentum, nesterov);
    if (rest == 0) continue;
    moveRest(row, 2 + slots, offset + bytes, scratch, <usize>rest << 2, false);
    sgdRun(scratch, scratch + 16, slots ? scratch + 32 : 0, 16, learningRate, momentum, nesterov);
    moveRest(row, 2 + slots, offset + bytes, scratch, <usize>rest << 2, true);
  }
}

function rmspropRun(
  w: usize, g: usize, v: usize, momentum: usize, average: usize, bytes: usize,
  learningRate: f32, rho: f32, ofNew: f32, keep: f32, epsilon: f32,
): void {
  const rate = f32x4.splat(learningRate), old = f32x4.splat(rho), fresh = f32x4.splat(ofNew);
  const small = f32x4.splat(epsilon), kept = f32x4.splat(keep);
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = v128.load(g + at);
    const v1 = fma4(v128.load(v + at), old, f32x4.mul(f32x4.mul(gradient, gradient), fresh));
    v128.store(v + at, v1);
    let variance = v1;
    if (average != 0) {
      const a = fma4(v128.load(average + at), old, f32x4.mul(gradient, fresh));
      v128.store(average + at, a);
      variance = f32x4.sub(v1, f32x4.mul(a, a));
    }
    let change = f32x4.div(f32x4.mul(gradient, rate), f32x4.sqrt(f32x4.add(variance, small)));
    if (momentum != 0) {
      change = fma4(v128.load(momentum + at), kept, change);
      v128.store(momentum + at, change);
    }
    v128.store(w + at, f32x4.sub(v128.load(w + at), change));
  }
}

/** The step of RMSprop, its slots in the order velocity, momentum (if `hasMomentum`), average gradient (if `centered`). */
export function rmspropUpdate(
  table: usize, learningRate: f32, rho: f32, ofNew: f32, keep: f32, epsilon: f32, hasMomentum: i32, centered: i32,
  first: i32, last: i32, scratch: usize,
): void {
  const width = 3 + hasMomentum + centered;
  let row = table;
  for (let block = first; block < last; block++) {
    row = rowOf(row, block);
    const start = (block - firstBlock(row)) * BLOCK, size = min(BLOCK, count(row) - start), rest = size & 3;
    const offset = <usize>start << 2, bytes = <usize>(size - rest) << 2;
    rmspropRun(
      tensorAt(row, 0, offset), tensorAt(row, 1, offset), tensorAt(row, 2, offset),
      hasMomentum ? tensorAt(row, 3, offset) : 0, centered ? tensorAt(row, 3 + hasMomentum, offset) : 0,
      bytes, learningRate, rho, ofNew, keep, epsilon,
    );
    if (rest == 0) continue;
    moveRest(row, width, offset + bytes, scratch, <usize>rest << 2, false);
    rmspropRun(
      scratch, scratch + 16, scratch + 32, hasMomentum ? scratch + 48 : 0, centered ? scratch + 48 + (<usize>hasMomentum << 4) : 0,
      16, learningRate, rho, ofNew, keep, epsilon,
    );
    moveRest(row, width, offset + bytes, scratch, <usize>rest << 2, true);
  }
}

function lionRun(
  w: usize, g: usize, m: usize, bytes: usize, decay: f32, learningRate: f32, beta1: f32, ofNew1: f32, beta2: f32, ofNew2: f32,
): void {
  const rate = f32x4.splat(-learningRate), left = f32x4.splat(decay), one = f32x4.splat(1), zero = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const gradient = v128.load(g + at), m0 = v128.load(m + at);
    const mixed = fma4(m0, f32x4.splat(beta1), f32x4.mul(gradient, f32x4.splat(ofNew1)));
    v128.store(m + at, fma4(m0, f32x4.splat(beta2), f32x4.mul(gradient, f32x4.splat(ofNew2))));
    // The sign; zeros and NaN stay what they are.
    let sign = v128.bitselect(one, mixed, f32x4.gt(mixed, zero));
    sign = v128.bitselect(f32x4.neg(one), sign, f32x4.lt(mixed, zero));
    v128.store(w + at, fma4(v128.load(w + at), left, f32x4.mul(sign, rate)));
  }
}

/** w = w factor - learningRate sign(beta1 m + ofNew1 g); m = beta2 m + ofNew2 g. */
export function lionUpdate(
  table: usize, learningRate: f32, beta1: f32, ofNew1: f32, beta2: f32, ofNew2: f32,
  first: i32, last: i32, scratch: usize,
): void {
  let row = table;
  for (let block = first; block < last; block++) {
    row = rowOf(row, block);
    const start = (block - firstBlock(row)) * BLOCK, size = min(BLOCK, count(row) - start), rest = size & 3;
    const offset = <usize>start << 2, bytes = <usize>(size - rest) << 2;
    lionRun(
      tensorAt(row, 0, offset), tensorAt(row, 1, offset), tensorAt(row, 2, offset), bytes,
      factor(row), learningRate, beta1, ofNew1, beta2, ofNew2,
    );
    if (rest == 0) continue;
    moveRest(row, 3, offset + bytes, scratch, <usize>rest << 2, false);
    lionRun(scratch, scratch + 16, scratch + 32, 16, factor(row), learningRate, beta1, ofNew1, beta2, ofNew2);
    moveRest(row, 3, offset + bytes, scratch, <usize>rest << 2, true);
  }
}
