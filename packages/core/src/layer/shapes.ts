import { ShapeError, ValueError } from '../errors/kinds.js';
import { type Shape, showShape } from '../module/Shape.js';
import { describeValue } from '../options/describeValue.js';

/** Whether it is a list of shapes rather than one shape. */
export function isShapeList(shape: Shape | Shape[]): shape is Shape[] {
  return shape.length > 0 && Array.isArray(shape[0]);
}

/** The one shape of a layer that takes one input. */
export function singleShape(shape: Shape | Shape[], where: string): Shape {
  if (!isShapeList(shape)) return shape;
  throw new ShapeError({
    where,
    problem: 'the layer takes one input',
    got: shape.map(showShape).join(', '),
    mend: 'join the inputs first',
  });
}

/**
 * A shape that was given as an option.
 * @throws ValueError unless it is a list of whole numbers above 0, and null for axes of any size.
 */
export function checkShape(shape: Shape, where: string): Shape {
  const sizes = Array.isArray(shape) || ArrayBuffer.isView(shape) ? [...(shape as Iterable<unknown>)] : undefined;
  const bad = sizes?.find((size) => size !== null && !(Number.isSafeInteger(size) && (size as number) > 0));
  if (sizes !== undefined && bad === undefined && !sizes.includes(undefined)) return sizes as Shape;
  throw new ValueError({
    where,
    problem: 'this is no shape',
    expected: 'a list of whole numbers above 0, null for an axis of any size',
    got:
      sizes === undefined
        ? describeValue(shape)
        : `[${sizes.map((size) => (typeof size === 'string' ? `'${size}'` : String(size))).join(', ')}]`,
  });
}
