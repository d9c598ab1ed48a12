import { ShapeError } from '../errors/kinds.js';
import { type Shape, showShape } from '../module/Shape.js';

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
