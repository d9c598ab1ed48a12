// What activation functions and their gradients share.

import { exp4, normalCdf4, sigmoid4 } from './math';

export const SELU_SCALE: f32 = 1.0507009873554805;
export const SELU_ALPHA: f32 = 1.6732632423543772;

/** GELU in its tanh form is x sigmoid(z), z = 2 √(2 / π) (x + 0.044715 x³). */
@inline
export function geluTanhArgument4(x: v128): v128 {
  const cubic = f32x4.mul(f32x4.mul(x, x), f32x4.splat(0.07135481282));
  return f32x4.mul(x, f32x4.add(cubic, f32x4.splat(1.5957691216)));
}

/** Beyond these the derivatives have reached their limits; further out their factors would give ∞ · 0. */
@inline
function bounded(x: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(-20)), f32x4.splat(20));
}

/** Φ(x) + x φ(x). */
@inline
export function geluSlope4(x: v128): v128 {
  const b = bounded(x);
  const density = f32x4.mul(exp4(f32x4.mul(f32x4.mul(b, b), f32x4.splat(-0.5))), f32x4.splat(0.3989422804));
  return f32x4.add(normalCdf4(b), f32x4.mul(b, density));
}

/** s + x s (1 - s) z', s = sigmoid(z). */
@inline
export function geluTanhSlope4(x: v128): v128 {
  const b = bounded(x), s = sigmoid4(geluTanhArgument4(b));
  const slope = f32x4.add(f32x4.mul(f32x4.mul(b, b), f32x4.splat(0.2140644385)), f32x4.splat(1.5957691216));
  const bend = f32x4.mul(f32x4.mul(s, f32x4.sub(f32x4.splat(1), s)), f32x4.mul(b, slope));
  return f32x4.add(s, bend);
}

/** s (1 + x (1 - s)), s = sigmoid(x). */
@inline
export function siluSlope4(x: v128): v128 {
  const b = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-120)), f32x4.splat(120));
  const s = sigmoid4(b), one = f32x4.splat(1);
  return f32x4.mul(s, f32x4.add(one, f32x4.mul(b, f32x4.sub(one, s))));
}
