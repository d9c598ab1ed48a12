import { ShapeError } from '../errors/kinds.js';
import { requireShape } from '../errors/requireShape.js';
import type { SequenceCell, SequenceOptions } from './sequence.js';

/** @throws ShapeError where tensors do not have the shapes of a sequence, or the mask is not of dtype bool. */
export function checkSequence(
  { x, kernel, recurrentKernel, bias, mask, initialState }: SequenceOptions,
  { where, biasShape, states }: Pick<SequenceCell, 'where' | 'biasShape' | 'states'>,
): void {
  const [batch, time, features] = x.shape;
  const units = recurrentKernel.shape[0];
  const width = biasShape.at(-1);
  if (x.rank !== 3 || time === 0 || (mask !== undefined && mask.dtype !== 'bool')) {
    throw new ShapeError({
      where,
      problem: 'a sequence needs steps, and a mask of dtype bool',
      expected: 'x [batch, time, features] with time of at least 1',
      got: `x [${x.shape}]${mask === undefined ? '' : `, mask of dtype ${mask.dtype}`}`,
    });
  }
  requireShape(where, 'kernel', kernel, [features, width]);
  requireShape(where, 'recurrentKernel', recurrentKernel, [units, width]);
  requireShape(where, 'bias', bias, biasShape);
  requireShape(where, 'mask', mask, [batch, time]);
  if (initialState === undefined) return;
  requireShape(where, 'initialState', { shape: [initialState.length] }, [states.length]);
  for (const [i, state] of initialState.entries()) requireShape(where, `initialState[${i}]`, state, [batch, units]);
}
