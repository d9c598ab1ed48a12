import { isShapeList, type Shape, ShapeError } from '@espalier/core';
import { cast, type DataType, type Tensor } from '@tensorflow/tfjs-core';

/** The shapes of a layer that joins inputs. @throws ShapeError for fewer than two. */
export function severalShapes(shape: Shape | Shape[], where: string): Shape[] {
  if (!isShapeList(shape)) refuse(1, where);
  if (shape.length < 2) refuse(shape.length, where);
  return shape;
}

/** The inputs of a layer that joins them. @throws ShapeError for fewer than two. */
export function severalTensors(inputs: Tensor | Tensor[], where: string): Tensor[] {
  if (!Array.isArray(inputs)) refuse(1, where);
  return inputs;
}

export const dtypesOf = (tensors: readonly Tensor[]): DataType[] => tensors.map(({ dtype }) => dtype);

/** The dtype that holds numbers of all of these, as Keras promotes them. */
export function joinedDtype(dtypes: readonly DataType[]): DataType {
  return (['float32', 'int32', 'bool'] as const).find((dtype) => dtypes.includes(dtype)) ?? dtypes[0]!;
}

/** All tensors in one dtype. */
export function allOf(tensors: readonly Tensor[], dtype: DataType): Tensor[] {
  return tensors.map((x) => (x.dtype === dtype ? x : cast(x, dtype)));
}

function refuse(count: number, where: string): never {
  throw new ShapeError({
    where,
    problem: 'the layer joins inputs',
    expected: 'at least 2 inputs',
    got: String(count),
    mend: 'pass a list: layer.apply([a, b])',
  });
}
