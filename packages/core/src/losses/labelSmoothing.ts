import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors/kinds.js';

/** @throws ValueError unless `amount` is in [0, 1]. */
export function checkLabelSmoothing(amount: number, where: string): number {
  if (amount >= 0 && amount <= 1) return amount;
  throw new ValueError({ where, problem: 'labelSmoothing is out of range', expected: '0 to 1', got: String(amount) });
}

/** `targets * (1 - amount) + amount / classes`. */
export function smoothLabels(targets: Tensor, amount: number, classes: number): Tensor {
  return amount === 0 ? targets : add(mul(targets, 1 - amount), amount / classes);
}
