import { square, sum, type Tensor } from '@tensorflow/tfjs-core';

/** A scalar. Rows are summed first: one running sum over a million float32 squares would be off by a percent. */
export function sumOfSquares(tensor: Tensor): Tensor {
  const squares = square(tensor);
  return sum(tensor.rank > 1 ? sum(squares, -1) : squares);
}
