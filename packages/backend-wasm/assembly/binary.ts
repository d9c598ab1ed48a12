// Functions of two floats, four at a time, with broadcasting: sums, comparisons, and gradients of functions of one float
// (a is dy, b what was kept of the forward pass).

import { geluSlope4, geluTanhSlope4, SELU_ALPHA, SELU_SCALE, siluSlope4 } from './activationMath';
import { exp4, sigmoid4 } from './math';

// The numbers of src/kernels/elementwise/codes.ts.
const ADD: i32 = 0;
const SUB: i32 = 1;
const MUL: i32 = 2;
const DIV: i32 = 3;
const MAX: i32 = 4;
const MIN: i32 = 5;
const SQUARED_DIFFERENCE: i32 = 6;
const RELU_GRAD: i32 = 7;
const RELU6_GRAD: i32 = 8;
const LEAKY_RELU_GRAD: i32 = 9;
const ELU_GRAD: i32 = 10;
const SELU_GRAD: i32 = 11;
const SOFTPLUS_GRAD: i32 = 12;
const SIGMOID_GRAD: i32 = 13;
const TANH_GRAD: i32 = 14;
const SQRT_GRAD: i32 = 15;
const RSQRT_GRAD: i32 = 16;
const SQUARE_GRAD: i32 = 17;
const ERF_GRAD: i32 = 18;
const GELU_GRAD: i32 = 19;
const GELU_TANH_GRAD: i32 = 20;
const SILU_GRAD: i32 = 21;
// From here on the result is a byte.
const EQUAL: i32 = 22;
const NOT_EQUAL: i32 = 23;
const GREATER: i32 = 24;
const GREATER_EQUAL: i32 = 25;
const LESS: i32 = 26;
const LESS_EQUAL: i32 = 27;

/** Elements in an item of the work. */
const BLOCK: i32 = 1024;
/** Rows up to here that do not fill vectors are repeated until they do, where one operand is the same for all rows. */
const SHORT: i32 = 1024;
/** Scratch memory before the repeated row: a scalar of each operand, then what is left of each, and of the result. */
const REPEATED: usize = 128;

@inline function squared(x: v128): v128 { return f32x4.mul(x, x); }

@inline
function apply(op: i32, a: v128, b: v128, alpha: f32): v128 {
  if (op == ADD) return f32x4.add(a, b);
  if (op == SUB) return f32x4.sub(a, b);
  if (op == MUL) return f32x4.mul(a, b);
  if (op == DIV) return f32x4.div(a, b);
  if (op == MAX) return f32x4.max(a, b);
  if (op == MIN) return f32x4.min(a, b);
  if (op == SQUARED_DIFFERENCE) return squared(f32x4.sub(a, b));
  if (op == RELU_GRAD) return v128.andnot(a, f32x4.le(b, f32x4.splat(0)));
  if (op == RELU6_GRAD) return v128.andnot(a, v128.or(f32x4.le(b, f32x4.splat(0)), f32x4.ge(b, f32x4.splat(6))));
  if (op == LEAKY_RELU_GRAD) return v128.bitselect(f32x4.mul(a, f32x4.splat(alpha)), a, f32x4.le(b, f32x4.splat(0)));
  if (op == ELU_GRAD) return f32x4.mul(a, f32x4.add(f32x4.min(b, f32x4.splat(0)), f32x4.splat(1)));
  if (op == SELU_GRAD) return v128.bitselect(f32x4.mul(a, f32x4.splat(SELU_SCALE)), f32x4.mul(a, f32x4.add(b, f32x4.splat(SELU_SCALE * SELU_ALPHA))), f32x4.gt(b, f32x4.splat(0)));
  if (op == SOFTPLUS_GRAD) return f32x4.mul(a, sigmoid4(b));
  if (op == SIGMOID_GRAD) return f32x4.mul(a, f32x4.mul(b, f32x4.sub(f32x4.splat(1), b)));
  if (op == TANH_GRAD) return f32x4.mul(a, f32x4.sub(f32x4.splat(1), squared(b)));
  if (op == SQRT_GRAD) return f32x4.div(a, f32x4.add(b, b));
  if (op == RSQRT_GRAD) return f32x4.mul(f32x4.mul(a, f32x4.splat(-0.5)), f32x4.mul(b, squared(b)));
  if (op == SQUARE_GRAD) return f32x4.mul(a, f32x4.add(b, b));
  if (op == ERF_GRAD) return f32x4.mul(a, f32x4.mul(exp4(f32x4.neg(squared(b))), f32x4.splat(1.1283791671)));
  if (op == GELU_GRAD) return f32x4.mul(a, geluSlope4(b));
  if (op == GELU_TANH_GRAD) return f32x4.mul(a, geluTanhSlope4(b));
  return f32x4.mul(a, siluSlope4(b));
}

@inline
function compare(op: i32, a: v128, b: v128): v128 {
  if (op == EQUAL) return f32x4.eq(a, b);
  if (op == NOT_EQUAL) return f32x4.ne(a, b);
  if (op == GREATER) return f32x4.gt(a, b);
  if (op == GREATER_EQUAL) return f32x4.ge(a, b);
  if (op == LESS) return f32x4.lt(a, b);
  return f32x4.le(a, b);
}

@inline
function loop(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void {
  for (const end = out + (<usize>count << 2); out < end; out += 32, a += aStep << 1, b += bStep << 1) {
    const low = apply(op, v128.load(a), v128.load(b), alpha);
    const high = apply(op, v128.load(a + aStep), v128.load(b + bStep), alpha);
    v128.store(out, low);
    v128.store(out, high, 16);
  }
}

@inline
function compareLoop(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void {
  for (const end = out + <usize>count; out < end; out += 8, a += aStep << 1, b += bStep << 1) {
    const low = compare(op, v128.load(a), v128.load(b)), high = compare(op, v128.load(a + aStep), v128.load(b + bStep));
    const shorts = i16x8.narrow_i32x4_s(low, high);
    v128.store64_lane(out, v128.and(i8x16.narrow_i16x8_s(shorts, shorts), i8x16.splat(1)), 0);
  }
}

// A function for each: V8 allocates registers poorly in one that holds them all. Each has two callers, lest it be put into one.
function addLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(ADD, a, aStep, b, bStep, out, count, alpha); }
function subLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SUB, a, aStep, b, bStep, out, count, alpha); }
function mulLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(MUL, a, aStep, b, bStep, out, count, alpha); }
function divLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(DIV, a, aStep, b, bStep, out, count, alpha); }
function maxLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(MAX, a, aStep, b, bStep, out, count, alpha); }
function minLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(MIN, a, aStep, b, bStep, out, count, alpha); }
function squaredDifferenceLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SQUARED_DIFFERENCE, a, aStep, b, bStep, out, count, alpha); }
function reluGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(RELU_GRAD, a, aStep, b, bStep, out, count, alpha); }
function relu6GradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(RELU6_GRAD, a, aStep, b, bStep, out, count, alpha); }
function leakyReluGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(LEAKY_RELU_GRAD, a, aStep, b, bStep, out, count, alpha); }
function eluGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(ELU_GRAD, a, aStep, b, bStep, out, count, alpha); }
function seluGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SELU_GRAD, a, aStep, b, bStep, out, count, alpha); }
function softplusGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SOFTPLUS_GRAD, a, aStep, b, bStep, out, count, alpha); }
function sigmoidGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SIGMOID_GRAD, a, aStep, b, bStep, out, count, alpha); }
function tanhGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(TANH_GRAD, a, aStep, b, bStep, out, count, alpha); }
function sqrtGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SQRT_GRAD, a, aStep, b, bStep, out, count, alpha); }
function rsqrtGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(RSQRT_GRAD, a, aStep, b, bStep, out, count, alpha); }
function squareGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SQUARE_GRAD, a, aStep, b, bStep, out, count, alpha); }
function erfGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(ERF_GRAD, a, aStep, b, bStep, out, count, alpha); }
function geluGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(GELU_GRAD, a, aStep, b, bStep, out, count, alpha); }
function geluTanhGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(GELU_TANH_GRAD, a, aStep, b, bStep, out, count, alpha); }
function siluGradLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void { loop(SILU_GRAD, a, aStep, b, bStep, out, count, alpha); }
function equalLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void { compareLoop(EQUAL, a, aStep, b, bStep, out, count); }
function notEqualLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void { compareLoop(NOT_EQUAL, a, aStep, b, bStep, out, count); }
function greaterLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void { compareLoop(GREATER, a, aStep, b, bStep, out, count); }
function greaterEqualLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void { compareLoop(GREATER_EQUAL, a, aStep, b, bStep, out, count); }
function lessLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void { compareLoop(LESS, a, aStep, b, bStep, out, count); }
function lessEqualLoop(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32): void { compareLoop(LESS_EQUAL, a, aStep, b, bStep, out, count); }

/** `count` elements, a multiple of 8; a step is 16, or 0 for an operand that stays. */
function run(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32): void {
  switch (op) {
    case ADD: return addLoop(a, aStep, b, bStep, out, count, alpha);
    case SUB: return subLoop(a, aStep, b, bStep, out, count, alpha);
    case MUL: return mulLoop(a, aStep, b, bStep, out, count, alpha);
    case DIV: return divLoop(a, aStep, b, bStep, out, count, alpha);
    case MAX: return maxLoop(a, aStep, b, bStep, out, count, alpha);
    case MIN: return minLoop(a, aStep, b, bStep, out, count, alpha);
    case SQUARED_DIFFERENCE: return squaredDifferenceLoop(a, aStep, b, bStep, out, count, alpha);
    case RELU_GRAD: return reluGradLoop(a, aStep, b, bStep, out, count, alpha);
    case RELU6_GRAD: return relu6GradLoop(a, aStep, b, bStep, out, count, alpha);
    case LEAKY_RELU_GRAD: return leakyReluGradLoop(a, aStep, b, bStep, out, count, alpha);
    case ELU_GRAD: return eluGradLoop(a, aStep, b, bStep, out, count, alpha);
    case SELU_GRAD: return seluGradLoop(a, aStep, b, bStep, out, count, alpha);
    case SOFTPLUS_GRAD: return softplusGradLoop(a, aStep, b, bStep, out, count, alpha);
    case SIGMOID_GRAD: return sigmoidGradLoop(a, aStep, b, bStep, out, count, alpha);
    case TANH_GRAD: return tanhGradLoop(a, aStep, b, bStep, out, count, alpha);
    case SQRT_GRAD: return sqrtGradLoop(a, aStep, b, bStep, out, count, alpha);
    case RSQRT_GRAD: return rsqrtGradLoop(a, aStep, b, bStep, out, count, alpha);
    case SQUARE_GRAD: return squareGradLoop(a, aStep, b, bStep, out, count, alpha);
    case ERF_GRAD: return erfGradLoop(a, aStep, b, bStep, out, count, alpha);
    case GELU_GRAD: return geluGradLoop(a, aStep, b, bStep, out, count, alpha);
    case GELU_TANH_GRAD: return geluTanhGradLoop(a, aStep, b, bStep, out, count, alpha);
    case SILU_GRAD: return siluGradLoop(a, aStep, b, bStep, out, count, alpha);
    case EQUAL: return equalLoop(a, aStep, b, bStep, out, count);
    case NOT_EQUAL: return notEqualLoop(a, aStep, b, bStep, out, count);
    case GREATER: return greaterLoop(a, aStep, b, bStep, out, count);
    case GREATER_EQUAL: return greaterEqualLoop(a, aStep, b, bStep, out, count);
    case LESS: return lessLoop(a, aStep, b, bStep, out, count);
    default: lessEqualLoop(a, aStep, b, bStep, out, count);
  }
}

/** The last elements of a row, 8 of them, to scratch memory. */
function runRest(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, alpha: f32): void {
  switch (op) {
    case ADD: return addLoop(a, aStep, b, bStep, out, 8, alpha);
    case SUB: return subLoop(a, aStep, b, bStep, out, 8, alpha);
    case MUL: return mulLoop(a, aStep, b, bStep, out, 8, alpha);
    case DIV: return divLoop(a, aStep, b, bStep, out, 8, alpha);
    case MAX: return maxLoop(a, aStep, b, bStep, out, 8, alpha);
    case MIN: return minLoop(a, aStep, b, bStep, out, 8, alpha);
    case SQUARED_DIFFERENCE: return squaredDifferenceLoop(a, aStep, b, bStep, out, 8, alpha);
    case RELU_GRAD: return reluGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case RELU6_GRAD: return relu6GradLoop(a, aStep, b, bStep, out, 8, alpha);
    case LEAKY_RELU_GRAD: return leakyReluGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case ELU_GRAD: return eluGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case SELU_GRAD: return seluGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case SOFTPLUS_GRAD: return softplusGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case SIGMOID_GRAD: return sigmoidGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case TANH_GRAD: return tanhGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case SQRT_GRAD: return sqrtGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case RSQRT_GRAD: return rsqrtGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case SQUARE_GRAD: return squareGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case ERF_GRAD: return erfGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case GELU_GRAD: return geluGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case GELU_TANH_GRAD: return geluTanhGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case SILU_GRAD: return siluGradLoop(a, aStep, b, bStep, out, 8, alpha);
    case EQUAL: return equalLoop(a, aStep, b, bStep, out, 8);
    case NOT_EQUAL: return notEqualLoop(a, aStep, b, bStep, out, 8);
    case GREATER: return greaterLoop(a, aStep, b, bStep, out, 8);
    case GREATER_EQUAL: return greaterEqualLoop(a, aStep, b, bStep, out, 8);
    case LESS: return lessLoop(a, aStep, b, bStep, out, 8);
    default: lessEqualLoop(a, aStep, b, bStep, out, 8);
  }
}

/** A part of a row: any count of elements; a step is 4, or 0 for a scalar. */
@inline
function part(op: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, count: i32, alpha: f32, scratch: usize): void {
  if (aStep == 0) {
    v128.store(scratch, v128.load32_splat(a));
    a = scratch;
  }
  if (bStep == 0) {
    v128.store(scratch + 16, v128.load32_splat(b));
    b = scratch + 16;
  }
  const shift: usize = op >= EQUAL ? 0 : 2;
  const rest = count & 7, whole = count - rest;
  if (whole > 0) run(op, a, aStep << 2, b, bStep << 2, out, whole, alpha);
  if (rest == 0) return;
  if (aStep != 0) {
    memory.copy(scratch + 32, a + (<usize>whole << 2), <usize>rest << 2);
    a = scratch + 32;
  }
  if (bStep != 0) {
    memory.copy(scratch + 64, b + (<usize>whole << 2), <usize>rest << 2);
    b = scratch + 64;
  }
  runRest(op, a, aStep << 2, b, bStep << 2, scratch + 96, alpha);
  memory.copy(out + (<usize>whole << shift), scratch + 96, <usize>rest << shift);
}

/** Repeats a row of `inner` floats until it fills vectors and is worth a loop; answers with the count of floats. */
@inline
function repeat(row: usize, inner: i32, to: usize): i32 {
  const times = (64 / inner + 8) & ~7;
  for (let i = 0; i < times; i++) memory.copy(to + (<usize>(i * inner) << 2), row, <usize>inner << 2);
  return times * inner;
}

/**
 * out = op(a, b) over rows of `inner` elements, `count` elements in all; an item is a block of them. Steps from element to
 * element are 4 bytes or 0, from row to row any. A geometry that is not 0 holds the count of further axes, then for each,
 * from the innermost, its size and its steps in a and b.
 */
export function binaryF32(
  op: i32, a: usize, b: usize, out: usize, count: i32, inner: i32,
  aStep: usize, aRow: usize, bStep: usize, bRow: usize, geometry: usize, alpha: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const end = min(last * BLOCK, count);
  let at = first * BLOCK;
  if (inner <= SHORT && (inner & 7 || inner < 64) && geometry == 0 && aStep + bStep == 8 && count >= inner << 4) {
    const rowBytes = <usize>inner << 2;
    if (aRow == rowBytes && bRow == 0) {
      inner = repeat(b, inner, scratch + REPEATED);
      b = scratch + REPEATED;
      aRow = <usize>inner << 2;
    } else if (bRow == rowBytes && aRow == 0) {
      inner = repeat(a, inner, scratch + REPEATED);
      a = scratch + REPEATED;
      bRow = <usize>inner << 2;
    }
  }
  const shift: usize = op >= EQUAL ? 0 : 2;
  let row = at / inner, column = at % inner;
  while (at < end) {
    let ofA: usize, ofB: usize;
    if (geometry == 0) {
      ofA = a + <usize>row * aRow;
      ofB = b + <usize>row * bRow;
    } else {
      ofA = a;
      ofB = b;
      let left = row;
      let axis = geometry + 4;
      for (let i = load<i32>(geometry); i > 0; i--, axis += 12) {
        const size = load<i32>(axis), place = <usize>(left % size);
        ofA += place * <usize>load<u32>(axis, 4);
        ofB += place * <usize>load<u32>(axis, 8);
        left /= size;
      }
    }
    const size = min(inner - column, end - at);
    const from = <usize>column;
    part(op, ofA + from * aStep, aStep, ofB + from * bStep, bStep, out + (<usize>at << shift), size, alpha, scratch);
    at += size;
    row++;
    column = 0;
  }
}
