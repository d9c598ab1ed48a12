// Functions of one float, four at a time.

import { geluTanhArgument4, SELU_ALPHA, SELU_SCALE } from './activationMath';
import { log4 } from './logarithm';
import { erf4, exp4, expm1Negative4, log1p4, normalCdf4, sigmoid4, softplus4, tanh4 } from './math';
import { trigonometric4 } from './trigonometry';

// The numbers of src/kernels/elementwise/codes.ts.
const NEG: i32 = 0;
const ABS: i32 = 1;
const RELU: i32 = 2;
const LEAKY_RELU: i32 = 3;
const ELU: i32 = 4;
const SELU: i32 = 5;
const SOFTPLUS: i32 = 6;
const SQUARE: i32 = 7;
const SQRT: i32 = 8;
const RSQRT: i32 = 9;
const RECIPROCAL: i32 = 10;
const LOG: i32 = 11;
const EXP: i32 = 12;
const SIGMOID: i32 = 13;
const TANH: i32 = 14;
const ERF: i32 = 15;
const STEP: i32 = 16;
const CLAMP: i32 = 17;
const GELU: i32 = 18;
const GELU_TANH: i32 = 19;
const SILU: i32 = 20;
const SIGN: i32 = 21;
const LOG1P: i32 = 22;
const SIN: i32 = 23;
const COS: i32 = 24;
const TAN: i32 = 25;

/** Floats in an item of the work. */
const BLOCK: i32 = 1024;

@inline function zero(): v128 { return f32x4.splat(0); }
@inline function negative(x: v128): v128 { return f32x4.lt(x, f32x4.splat(0)); }

// The pseudo-extremes are one instruction each where the others are eight, and keep a NaN that is their first operand.

/** 1 where x is positive, alpha where it is not, NaN where it is NaN. */
@inline
function step4(x: v128, alpha: f32): v128 {
  const known = v128.bitselect(f32x4.splat(1), f32x4.splat(alpha), f32x4.gt(x, zero()));
  return v128.bitselect(known, x, f32x4.eq(x, x));
}

/** 1, -1, or 0; NaN where it is NaN. */
@inline
function sign4(x: v128): v128 {
  const known = v128.or(v128.and(f32x4.gt(x, zero()), f32x4.splat(1)), v128.and(negative(x), f32x4.splat(-1)));
  return v128.bitselect(known, x, f32x4.eq(x, x));
}

@inline
function apply(op: i32, x: v128, alpha: f32, beta: f32): v128 {
  if (op == NEG) return f32x4.neg(x);
  if (op == ABS) return f32x4.abs(x);
  if (op == RELU) return f32x4.pmax(x, zero());
  if (op == LEAKY_RELU) return v128.bitselect(f32x4.mul(x, f32x4.splat(alpha)), x, negative(x));
  if (op == ELU) return v128.bitselect(expm1Negative4(f32x4.pmin(x, zero())), x, negative(x));
  if (op == SELU) return f32x4.mul(v128.bitselect(f32x4.mul(expm1Negative4(f32x4.pmin(x, zero())), f32x4.splat(SELU_ALPHA)), x, negative(x)), f32x4.splat(SELU_SCALE));
  if (op == SOFTPLUS) return softplus4(x);
  if (op == SQUARE) return f32x4.mul(x, x);
  if (op == SQRT) return f32x4.sqrt(x);
  if (op == RSQRT) return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
  if (op == RECIPROCAL) return f32x4.div(f32x4.splat(1), x);
  if (op == LOG) return log4(x);
  if (op == EXP) return exp4(x);
  if (op == SIGMOID) return sigmoid4(x);
  if (op == TANH) return tanh4(x);
  if (op == ERF) return erf4(x);
  if (op == STEP) return step4(x, alpha);
  if (op == CLAMP) return f32x4.pmin(f32x4.pmax(x, f32x4.splat(alpha)), f32x4.splat(beta));
  if (op == GELU) return f32x4.mul(x, normalCdf4(x));
  if (op == GELU_TANH) return f32x4.mul(x, sigmoid4(geluTanhArgument4(x)));
  if (op == SILU) return f32x4.mul(x, sigmoid4(x));
  if (op == SIGN) return sign4(x);
  if (op == LOG1P) return log1p4(x);
  if (op == SIN) return trigonometric4(x, 0);
  if (op == COS) return trigonometric4(x, 1);
  return trigonometric4(x, -1);
}

@inline
function loop(op: i32, x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void {
  const end = x + bytes;
  // Two at a time: the constants are made once for both, and neither waits for the other.
  for (; x < end; x += 32, out += 32) {
    const low = apply(op, v128.load(x), alpha, beta), high = apply(op, v128.load(x, 16), alpha, beta);
    v128.store(out, low);
    v128.store(out, high, 16);
  }
}

// A function for each: V8 allocates registers poorly in one that holds them all. The compiler puts small ones into their callers
// all the same; those that are large have two, lest they be put into one.
function negLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(NEG, x, out, bytes, alpha, beta); }
function absLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(ABS, x, out, bytes, alpha, beta); }
function reluLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(RELU, x, out, bytes, alpha, beta); }
function leakyReluLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(LEAKY_RELU, x, out, bytes, alpha, beta); }
function eluLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(ELU, x, out, bytes, alpha, beta); }
function seluLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SELU, x, out, bytes, alpha, beta); }
function softplusLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SOFTPLUS, x, out, bytes, alpha, beta); }
function squareLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SQUARE, x, out, bytes, alpha, beta); }
function sqrtLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SQRT, x, out, bytes, alpha, beta); }
function rsqrtLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(RSQRT, x, out, bytes, alpha, beta); }
function reciprocalLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(RECIPROCAL, x, out, bytes, alpha, beta); }
function logLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(LOG, x, out, bytes, alpha, beta); }
function expLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(EXP, x, out, bytes, alpha, beta); }
function sigmoidLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SIGMOID, x, out, bytes, alpha, beta); }
function tanhLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(TANH, x, out, bytes, alpha, beta); }
function erfLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(ERF, x, out, bytes, alpha, beta); }
function stepLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(STEP, x, out, bytes, alpha, beta); }
function clampLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(CLAMP, x, out, bytes, alpha, beta); }
function geluLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(GELU, x, out, bytes, alpha, beta); }
function geluTanhLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(GELU_TANH, x, out, bytes, alpha, beta); }
function siluLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SILU, x, out, bytes, alpha, beta); }
function signLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SIGN, x, out, bytes, alpha, beta); }
function log1pLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(LOG1P, x, out, bytes, alpha, beta); }
function sinLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(SIN, x, out, bytes, alpha, beta); }
function cosLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(COS, x, out, bytes, alpha, beta); }
function tanLoop(x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void { loop(TAN, x, out, bytes, alpha, beta); }

/** The function `op` of `bytes` bytes, a multiple of 32. */
function run(op: i32, x: usize, out: usize, bytes: usize, alpha: f32, beta: f32): void {
  switch (op) {
    case NEG: return negLoop(x, out, bytes, alpha, beta);
    case ABS: return absLoop(x, out, bytes, alpha, beta);
    case RELU: return reluLoop(x, out, bytes, alpha, beta);
    case LEAKY_RELU: return leakyReluLoop(x, out, bytes, alpha, beta);
    case ELU: return eluLoop(x, out, bytes, alpha, beta);
    case SELU: return seluLoop(x, out, bytes, alpha, beta);
    case SOFTPLUS: return softplusLoop(x, out, bytes, alpha, beta);
    case SQUARE: return squareLoop(x, out, bytes, alpha, beta);
    case SQRT: return sqrtLoop(x, out, bytes, alpha, beta);
    case RSQRT: return rsqrtLoop(x, out, bytes, alpha, beta);
    case RECIPROCAL: return reciprocalLoop(x, out, bytes, alpha, beta);
    case LOG: return logLoop(x, out, bytes, alpha, beta);
    case EXP: return expLoop(x, out, bytes, alpha, beta);
    case SIGMOID: return sigmoidLoop(x, out, bytes, alpha, beta);
    case TANH: return tanhLoop(x, out, bytes, alpha, beta);
    case ERF: return erfLoop(x, out, bytes, alpha, beta);
    case STEP: return stepLoop(x, out, bytes, alpha, beta);
    case CLAMP: return clampLoop(x, out, bytes, alpha, beta);
    case GELU: return geluLoop(x, out, bytes, alpha, beta);
    case GELU_TANH: return geluTanhLoop(x, out, bytes, alpha, beta);
    case SILU: return siluLoop(x, out, bytes, alpha, beta);
    case SIGN: return signLoop(x, out, bytes, alpha, beta);
    case LOG1P: return log1pLoop(x, out, bytes, alpha, beta);
    case SIN: return sinLoop(x, out, bytes, alpha, beta);
    case COS: return cosLoop(x, out, bytes, alpha, beta);
    default: tanLoop(x, out, bytes, alpha, beta);
  }
}

/** The function `op` of the 32 bytes at `x`, in place: the second caller of the large functions. */
function runRest(op: i32, x: usize, alpha: f32, beta: f32): void {
  switch (op) {
    case ELU: return eluLoop(x, x, 32, alpha, beta);
    case SELU: return seluLoop(x, x, 32, alpha, beta);
    case SOFTPLUS: return softplusLoop(x, x, 32, alpha, beta);
    case LOG: return logLoop(x, x, 32, alpha, beta);
    case EXP: return expLoop(x, x, 32, alpha, beta);
    case SIGMOID: return sigmoidLoop(x, x, 32, alpha, beta);
    case TANH: return tanhLoop(x, x, 32, alpha, beta);
    case ERF: return erfLoop(x, x, 32, alpha, beta);
    case GELU: return geluLoop(x, x, 32, alpha, beta);
    case GELU_TANH: return geluTanhLoop(x, x, 32, alpha, beta);
    case SILU: return siluLoop(x, x, 32, alpha, beta);
    case LOG1P: return log1pLoop(x, x, 32, alpha, beta);
    case SIN: return sinLoop(x, x, 32, alpha, beta);
    case COS: return cosLoop(x, x, 32, alpha, beta);
    case TAN: return tanLoop(x, x, 32, alpha, beta);
    default: run(op, x, x, 32, alpha, beta);
  }
}

/** out = op(x) over `count` floats; an item is a block of them. out may be x itself. The last few go through scratch memory. */
export function unaryF32(
  op: i32, x: usize, out: usize, count: i32, alpha: f32, beta: f32,
  first: i32, last: i32, scratch: usize,
): void {
  const start = first * BLOCK, size = min(last * BLOCK, count) - start, rest = <usize>(size & 7) << 2;
  const whole = (<usize>size << 2) - rest;
  x += <usize>start << 2;
  out += <usize>start << 2;
  run(op, x, out, whole, alpha, beta);
  if (rest == 0) return;
  memory.copy(scratch, x + whole, rest);
  runRest(op, scratch, alpha, beta);
  memory.copy(out + whole, scratch, rest);
}
