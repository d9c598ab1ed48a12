import { ValueError } from '../errors/kinds.js';

/**
 * Looks at the divisors of integers, for backends.
 * @throws ValueError where one is 0, with its place.
 */
export function requireDivisors(where: string, divisors: ArrayLike<number>): void {
  for (let i = 0; i < divisors.length; i++) {
    if (divisors[i] !== 0) continue;
    throw new ValueError({
      where,
      problem: 'integers are divided by 0',
      expected: 'divisors other than 0',
      got: `0 at place ${i} of the divisors`,
      mend: "cast both to 'float32' for infinities, or put 1 in the place of 0 with where",
    });
  }
}

/** x^n modulo 2^32 for n from 0 on; for n below 0 the whole part of 1 / x^-n, 0 but for x of 1 and -1. */
function power(x: number, n: number): number {
  if (n < 0) return x === 1 ? 1 : x === -1 ? (n % 2 === 0 ? 1 : -1) : 0;
  let [base, result] = [x, 1];
  for (let left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/**
 * What operations on int32 answer on every backend: two's complement, so overflow wraps as in NumPy and PyTorch. Divisors must
 * have been looked at by {@link requireDivisors}.
 */
export const integers = {
  add: (a: number, b: number): number => (a + b) | 0,
  sub: (a: number, b: number): number => (a - b) | 0,
  mul: Math.imul as (a: number, b: number) => number,
  /** Rounds down. */
  floorDiv: (a: number, b: number): number => Math.floor(a / b) | 0,
  /** Has the sign of the divisor. */
  mod: (a: number, b: number): number => {
    const rest = a % b;
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest | 0;
  },
  power,
} as const;

/** A number as int32: without its fraction; what does not fit, NaN and infinities among it, is -2^31, as in NumPy on x86. */
export function toInt32(x: number): number {
  return x > -2147483649 && x < 2147483648 ? Math.trunc(x) | 0 : -2147483648;
}
