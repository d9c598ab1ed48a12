import {
  type CallContext,
  Layer,
  type LayerOptions,
  layerOptions,
  optionTable,
  type Shape,
  ShapeError,
  showShape,
} from '@espalier/core';
import { add, type Tensor } from '@tensorflow/tfjs-core';
import { severalShapes, severalTensors } from './several.js';

const addOptions = /* @__PURE__ */ optionTable<LayerOptions, LayerOptions>('Add', {}, { base: layerOptions });

/**
 * The sum of two or more inputs. Sizes must agree axis by axis, or be 1.
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

  protected override build(inputShape: Shape | Shape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor | Tensor[], _ctx: CallContext): Tensor {
    return severalTensors(inputs, this.label()).reduce((sum, x) => add(sum, x));
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const shapes = severalShapes(inputShape, this.label());
    return shapes.reduce((a, b) => {
      if (a.length !== b.length || a.some((size, axis) => !fits(size, b[axis]!))) {
        throw new ShapeError({
          where: this.label(),
          problem: 'the inputs have shapes that cannot be added',
          got: shapes.map(showShape).join(', '),
        });
      }
      return a.map((size, axis) => (size === 1 || size === null ? b[axis]! : size));
    });
  }
}

function fits(a: number | null, b: number | null): boolean {
  return a === b || a === null || b === null || a === 1 || b === 1;
}
