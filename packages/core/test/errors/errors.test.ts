import { EspalierError, isEspalierError, nearestNames, ShapeError, suggestNames } from '@espalier/core';
import { describe, expect, it } from 'vitest';

describe('errors', () => {
  it('say where, what, expected, got and how to mend', () => {
    const error = new ShapeError({ where: 'dense', problem: 'wrong', expected: 'a', got: 'b', mend: 'c' });
    expect(error.message).toBe('dense: wrong.\n  expected: a\n  got:      b\n  mend:     c');
    expect(error.name).toBe('ShapeError');
  });

  it('are recognised by kind, also those of another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { kind: 'DataError' });
    Object.defineProperty(foreign, Symbol.for('espalier.error'), { value: true });
    expect(isEspalierError(foreign, 'DataError')).toBe(true);
    expect(isEspalierError(foreign, 'ShapeError')).toBe(false);
    expect(isEspalierError(new Error('x'))).toBe(false);
    expect(isEspalierError(new EspalierError('StateError', { where: 'a', problem: 'b' }))).toBe(true);
  });
});

describe('suggestNames', () => {
  const known = ['mnist-cnn', 'sentences-lstm', 'spam-lstm'];
  it.each([
    ['mnist-cn', 'mnist-cnn'],
    ['mnits-cnn', 'mnist-cnn'],
    ['spam', 'spam-lstm'],
    ['SPAM-LSTM', 'spam-lstm'],
  ])('%s is taken for %s', (typed, meant) => {
    expect(nearestNames(typed, known)[0]).toBe(meant);
    expect(suggestNames(typed, known)).toContain(`'${meant}'`);
  });

  it('lists all names where none is near', () => {
    expect(suggestNames('zzzzzzzzzzzzzzzz', known)).toBe(`known: ${known.join(', ')}`);
  });
});
