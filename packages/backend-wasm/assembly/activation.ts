// Bias and activation of a fused operation, in place over rows of `cols` floats.

import { expm1Negative4, sigmoid4, tanh4 } from './math';

// The numbers of src/kernels/epilogue.ts.
export const RELU: i32 = 1;
export const RELU6: i32 = 2;
export const ELU: i32 = 3;
export const SIGMOID: i32 = 4;
export const LEAKY_RELU: i32 = 5;
export const TANH: i32 = 6;

@inline
export function activate4(x: v128, activation: i32, alpha: f32): v128 {
  const zero = f32x4.splat(0);
  if (activation == RELU) return f32x4.pmax(x, zero);
  if (activation == RELU6) return f32x4.pmin(f32x4.pmax(x, zero), f32x4.splat(6));
  if (activation == ELU) return v128.bitselect(expm1Negative4(f32x4.pmin(x, zero)), x, f32x4.lt(x, zero));
  if (activation == SIGMOID) return sigmoid4(x);
  if (activation == TANH) return tanh4(x);
  if (activation == LEAKY_RELU) return v128.bitselect(f32x4.mul(x, f32x4.splat(alpha)), x, f32x4.lt(x, zero));
  return x;
}

/** The activation of four values, by its number. */
export function activate(x: v128, activation: i32, alpha: f32): v128 {
  if (activation == RELU) return f32x4.pmax(x, f32x4.splat(0));
  return activate4(x, activation, alpha);
}

/** x = activation(x + bias); a bias of address 0 is none. */
export function biasActivation(x: usize, rows: i32, cols: i32, bias: usize, activation: i32, alpha: f32): void {
  for (let i = 0; i < rows; i++) {
    let j = 0;
    for (; j + 4 <= cols; j += 4) {
      let value = v128.load(x);
      if (bias != 0) value = f32x4.add(value, v128.load(bias + (<usize>j << 2)));
      v128.store(x, activate4(value, activation, alpha));
      x += 16;
    }
    for (; j < cols; j++) {
      let value = load<f32>(x);
      if (bias != 0) value += load<f32>(bias + (<usize>j << 2));
      store<f32>(x, f32x4.extract_lane(activate4(f32x4.splat(value), activation, alpha), 0));
      x += 4;
    }
  }
}

/** out = x where x >= 0 or is NaN, else `scaled`: a PReLU whose product is already there. */
export function keepPositive(x: usize, scaled: usize, out: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const value = v128.load(x);
    v128.store(out, v128.bitselect(v128.load(scaled), value, f32x4.lt(value, f32x4.splat(0))));
    x += 16;
    scaled += 16;
    out += 16;
  }
  for (; i < count; i++) {
    const value = load<f32>(x);
    store<f32>(out, value < 0 ? load<f32>(scaled) : value);
    x += 4;
    scaled += 4;
    out += 4;
  }
}
