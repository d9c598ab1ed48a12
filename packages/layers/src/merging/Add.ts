import {
  type CallContext,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  ShapeError,
  showShape,
} from '@espalier/core';
import { add, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { allOf, dtypesOf, joinedDtype, severalShapes, severalTensors } from './several.js';

const addOptions = /* @__PURE__ */ optionTable<LayerOptions, LayerOptions>('Add', {}, { base: layerOptions });

/**
 * The sum of two or more inputs. Batches must be the same; other sizes must agree axis by axis, or be 1. The sum of
 * int32 inputs is int32, any other is float32.
 *
 * @throws ShapeError for fewer than two inputs or shapes that do not go together.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Add } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = new Add().apply([tensor2d([[1, 2]]), tensor2d([[10, 20]])], { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '11,22') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class Add extends Layer {
  readonly className = 'Add';

  constructor(options: LayerOptions = {}) {
    super(options, addOptions);
  }

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputDtype(inputDtype: DataType, inputDtypes?: readonly DataType[]): DataType {
    const dtype = joinedDtype(inputDtypes ?? [inputDtype]);
    return dtype === 'bool' ? 'float32' : dtype;
  }

  override call(inputs: Tensor | Tensor[], _ctx: CallContext): Tensor {
    const several = severalTensors(inputs, this.label());
    const dtype = this.computeOutputDtype(several[0]!.dtype, dtypesOf(several));
    return allOf(several, dtype).reduce((sum, x) => add(sum, x));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = severalShapes(inputShape, this.label());
    return shapes.reduce((a, b) => {
      if (a.length !== b.length || a.some((size, axis) => !fits(size, b[axis]!, axis))) {
        throw new ShapeError({
          where: this.label(),
          problem: 'the inputs have shapes that cannot be added',
          expected: 'the same batch, and sizes that agree or are 1',
          got: shapes.map(showShape).join(', '),
        });
      }
      return a.map((size, axis) => (size === 1 || (size === null && b[axis] !== 1) ? b[axis]! : size));
    });
  }
}

function fits(a: number | null, b: number | null, axis: number): boolean {
  return a === b || a === null || b === null || (axis > 0 && (a === 1 || b === 1));
}
