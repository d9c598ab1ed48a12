import { ShapeError } from '../errors/kinds.js';
import { type Shape, showShape } from '../module/Shape.js';
import { isShapeList } from './shapes.js';

/** What a layer accepts as an input. */
export interface InputSpec {
  /** The exact number of axes, the batch included. */
  readonly rank?: number;
  /** The least number of axes. */
  readonly minRank?: number;
  /** Sizes that axes must have; negative keys count from the end. */
  readonly axes?: Readonly<Record<number, number>>;
  /** Sizes that axes must have at least: 1 where there would be nothing to read. */
  readonly least?: Readonly<Record<number, number>>;
}

/** Accepts exactly this shape; axes that are `null` may have any size. */
export function specOf(shape: Shape): InputSpec {
  const known = shape.flatMap((size, axis): [number, number][] => (size === null ? [] : [[axis, size]]));
  return { rank: shape.length, axes: Object.fromEntries(known) };
}

/** @throws ShapeError where the shape contradicts the one that the layer was declared with. */
export function checkDeclared(declared: Shape, shape: Shape | Shape[], where: string): void {
  const fed = isShapeList(shape) ? (shape[0] ?? []) : shape;
  const agree = (size: number | null, axis: number) => size === null || fed[axis] === null || fed[axis] === size;
  if (fed.length === declared.length && declared.every(agree)) return;
  throw new ShapeError({
    where,
    problem: 'the input contradicts the inputShape that was given',
    expected: `${showShape(declared)}, with the batch first`,
    got: showShape(fed),
    mend: 'leave inputShape out, or give the shape that reaches the layer',
  });
}

/** Compares shapes with specs. @throws ShapeError naming `where` and both sides. */
export function checkInput(spec: InputSpec | readonly InputSpec[], shape: Shape | Shape[], where: string): void {
  const specs = Array.isArray(spec) ? (spec as readonly InputSpec[]) : [spec as InputSpec];
  const shapes = isShapeList(shape) ? shape : [shape];
  if (specs.length !== shapes.length) {
    throw new ShapeError({
      where,
      problem: 'wrong number of inputs',
      expected: String(specs.length),
      got: `${shapes.length}: ${shapes.map(showShape).join(', ')}`,
    });
  }
  for (const [i, one] of specs.entries()) checkOne(one, shapes[i]!, specs.length > 1 ? `${where}, input ${i}` : where);
}

function checkOne(spec: InputSpec, shape: Shape, where: string): void {
  const refuse = (expected: string, mend: string): never => {
    throw new ShapeError({ where, problem: 'the input has the wrong shape', expected, got: showShape(shape), mend });
  };
  if (spec.rank !== undefined && shape.length !== spec.rank) {
    refuse(`${spec.rank} axes, the batch first`, `reshape the data to ${spec.rank} axes`);
  }
  if (spec.minRank !== undefined && shape.length < spec.minRank) {
    refuse(`at least ${spec.minRank} axes, the batch first`, 'add the missing axes with a Reshape layer');
  }
  for (const [axis, size] of Object.entries(spec.axes ?? {})) {
    const got = shape.at(Number(axis));
    if (got !== null && got !== size) {
      refuse(`size ${size} on axis ${axis}`, 'feed data of the shape the layer was built for');
    }
  }
  for (const [axis, size] of Object.entries(spec.least ?? {})) {
    const got = shape.at(Number(axis));
    if (typeof got === 'number' && got < size) {
      refuse(`a size of at least ${size} on axis ${axis}`, 'leave examples out that have nothing to read');
    }
  }
}
