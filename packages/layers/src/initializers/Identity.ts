import { type Config, checkOptions, type Initializer, optionTable, ShapeError, showShape } from '@espalier/core';
import { finite } from '../options/checks.js';

const identityOptions = /* @__PURE__ */ optionTable<{ readonly gain?: number }>('Identity', { gain: 'number' });

/** `gain` on the diagonal of a matrix, else 0; default gain 1. */
export class Identity implements Initializer {
  readonly className = 'Identity';
  /** Default 1. */
  readonly gain: number;

  constructor(options: { readonly gain?: number } = {}) {
    this.gain = finite(checkOptions(options, identityOptions).gain ?? 1, 'gain', 'Identity');
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
