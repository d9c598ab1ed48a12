import { isEspalierError } from '../errors/EspalierError.js';
import { BackendError, ShapeError } from '../errors/kinds.js';
import { type Shape, showShape } from '../module/Shape.js';
import { isShapeList } from './shapes.js';

/** Says where an error of tfjs came from: the layer, its input's shape, the missing kernel. Our own pass unchanged. */
export function layerError(error: unknown, where: string, shape: Shape | Shape[]): unknown {
  if (!(error instanceof Error) || isEspalierError(error)) return error;
  // A mistake in somebody's code rather than in their shapes.
  if (error instanceof TypeError || error instanceof ReferenceError) return error;
  const kernel = /[Kk]ernel '([^']+)' not registered for backend '([^']+)'/.exec(error.message);
  if (kernel !== null) {
    return new BackendError({
      where,
      problem: `the backend '${kernel[2]}' has no kernel '${kernel[1]}'`,
      mend: 'use a backend that has it; where kernels were chosen (wasmWith), choose its family too, or all: wasm()',
      cause: error,
    });
  }
  const got = isShapeList(shape) ? shape.map(showShape).join(', ') : showShape(shape);
  return new ShapeError({ where, problem: error.message.replace(/\.$/, ''), got: `input ${got}`, cause: error });
}
