/** The sizes of the axes; `null` stands for one that is not known until data comes, usually the batch. */
export type Shape = readonly (number | null)[];

/** `(null, 28, 28, 1)`, as Keras prints a shape. */
export function showShape(shape: Shape): string {
  return `(${shape.map((size) => (size === null ? 'null' : size)).join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** The number of elements; unknown axes count as 1. */
export function shapeSize(shape: Shape): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}
