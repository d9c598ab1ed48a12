import { arrayKind } from '../bytes/arrayKind.js';
import { ShapeError, ValueError } from '../errors/kinds.js';

/** A list of numbers, or of such lists, of any depth; true counts as 1 and false as 0. */
export type NestedNumbers = readonly (number | boolean | NestedNumbers | ArrayLike<number | bigint>)[];

/** More axes than any layer takes: a list that holds itself has no end. */
const MOST_AXES = 32;

/** The shape that the first element of every list suggests; the others are held against it while copying. */
function shapeOf(values: unknown, where: string): number[] {
  const shape: number[] = [];
  let level = values;
  while (Array.isArray(level) || arrayKind(level) !== undefined) {
    const list = level as ArrayLike<unknown>;
    shape.push(list.length);
    if (shape.length > MOST_AXES) {
      throw new ShapeError({
        where,
        problem: 'the lists are nested too deeply',
        mend: 'look for a list that holds itself',
      });
    }
    level = list[0];
  }
  return shape;
}

/**
 * Copies nested lists into one array, row by row.
 *
 * @throws ShapeError if the lists are ragged, naming the position, or nested without end.
 * @throws ValueError if an element is not a number, naming the position.
 */
export function flattenNested(values: NestedNumbers, where: string): { data: Float32Array; shape: number[] } {
  const shape = shapeOf(values, where);
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const position: number[] = [];
  let filled = 0;

  const at = () => `${where}${position.map((i) => `[${i}]`).join('')}`;
  const copy = (value: unknown, depth: number): void => {
    const isList = Array.isArray(value) || (typeof value === 'object' && arrayKind(value) !== undefined);
    if (isList !== depth < shape.length || (isList && (value as ArrayLike<unknown>).length !== shape[depth])) {
      const sizes = shape.slice(depth);
      throw new ShapeError({
        where: at(),
        problem: 'the lists are ragged',
        expected: sizes.length > 0 ? `a list of shape (${sizes.join(', ')}), as its first neighbour` : 'a number',
        got: isList ? `a list of length ${(value as ArrayLike<unknown>).length}` : String(value),
      });
    }
    if (isList) {
      const list = value as ArrayLike<unknown>;
      for (let i = 0; i < list.length; i++) {
        position[depth] = i;
        copy(list[i], depth + 1);
      }
      position.length = depth;
    } else if (typeof value === 'number') {
      data[filled++] = value;
    } else if (typeof value === 'boolean') {
      data[filled++] = value ? 1 : 0;
    } else if (typeof value === 'bigint' && BigInt(Math.fround(Number(value))) === value) {
      data[filled++] = Number(value);
    } else {
      throw new ValueError({ where: at(), problem: 'not a number', got: `${typeof value} ${String(value)}` });
    }
  };
  copy(values, 0);
  return { data, shape };
}
