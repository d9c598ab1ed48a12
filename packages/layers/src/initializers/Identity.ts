import { type Config, type Initializer, ShapeError, showShape } from '@espalier/core';

/** `gain` on the diagonal of a matrix, else 0; default gain 1. */
export class Identity implements Initializer {
  readonly className = 'Identity';
  /** Default 1. */
  readonly gain: number;

  constructor(options: { readonly gain?: number } = {}) {
    this.gain = options.gain ?? 1;
  }

  /** @throws ShapeError unless the shape has two axes. */
  values(shape: readonly number[]): Float32Array {
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined) {
      throw new ShapeError({
        where: 'Identity',
        problem: 'only a matrix has a diagonal',
        expected: '2 axes',
        got: showShape(shape),
      });
    }
    const out = new Float32Array(rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) out[i * columns + i] = this.gain;
    return out;
  }

  getConfig(): Config {
    return { gain: this.gain };
  }
}
