import {
  type CallContext,
  type Config,
  type InputDtype,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  ShapeError,
  showShape,
  ValueError,
} from '@espalier/core';
import { concat, type DataType, type Tensor } from '@tensorflow/tfjs-core';
import { allOf, dtypesOf, joinedDtype, severalShapes, severalTensors } from './several.js';

/** What {@link Concatenate} takes. */
export interface ConcatenateOptions extends LayerOptions {
  /** The axis along which the inputs are laid end to end; default -1, the last. */
  readonly axis?: number;
}

const concatenateOptions = /* @__PURE__ */ optionTable<ConcatenateOptions, LayerOptions>(
  'Concatenate',
  { axis: 'integer' },
  { base: layerOptions, first: 'axis' },
);

/**
 * Two or more inputs end to end along one axis. All other sizes must agree. Inputs of one dtype keep it; float32 beside
 * other numbers gives float32, int32 beside bool gives int32.
 *
 * @throws ShapeError for fewer than two inputs or shapes that do not go together.
 *
 * @example
 * ```ts
 * import { Rng, activateBackend } from '@espalier/core';
 * import { cpu } from '@espalier/backend-cpu';
 * import { Concatenate } from '@espalier/layers';
 * import { tensor2d } from '@tensorflow/tfjs-core';
 *
 * await activateBackend(cpu());
 * const y = new Concatenate().apply([tensor2d([[1, 2]]), tensor2d([[3]])], { training: false, rng: new Rng(0) });
 * if (y.dataSync().join() !== '1,2,3') throw new Error(`got ${y.dataSync().join()}`);
 * ```
 */
export class Concatenate extends Layer {
  readonly className = 'Concatenate';
  /** {@inheritDoc ConcatenateOptions.axis} */
  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(options, concatenateOptions);
    this.axis = options.axis ?? -1;
    if (this.axis !== 0 && Number.isFinite(this.axis)) return;
    throw new ValueError({
      where: 'Concatenate',
      problem: 'axis must be an integer other than 0, the batch',
      got: String(this.axis),
    });
  }

  protected override inputDtype(): InputDtype {
    return 'numbers';
  }

  protected override checkShape(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override computeOutputDtype(inputDtype: DataType, inputDtypes?: readonly DataType[]): DataType {
    return joinedDtype(inputDtypes ?? [inputDtype]);
  }

  override call(inputs: Tensor | Tensor[], _ctx: CallContext): Tensor {
    const several = severalTensors(inputs, this.label());
    return concat(allOf(several, joinedDtype(dtypesOf(several))), this.axis);
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = severalShapes(inputShape, this.label());
    const rank = shapes[0]!.length;
    const along = this.axis < 0 ? rank + this.axis : this.axis;
    const agree = (a: number | null, b: number | null) => a === null || b === null || a === b;
    const fits = (shape: Shape) =>
      shape.length === rank && shape.every((size, axis) => axis === along || agree(size, shapes[0]![axis]!));
    if (along < 0 || along >= rank || !shapes.every(fits)) {
      throw new ShapeError({
        where: this.label(),
        problem: `the inputs cannot be laid end to end along axis ${this.axis}`,
        expected: 'the same sizes on all other axes',
        got: shapes.map(showShape).join(', '),
      });
    }
    return shapes.reduce((a, b) =>
      a.map((size, axis) => {
        if (axis !== along) return size ?? b[axis]!;
        return size === null || b[axis] === null ? null : size + b[axis]!;
      }),
    );
  }

  override getConfig(): Config {
    return { ...super.getConfig(), axis: this.axis };
  }
}
