import { EspalierError, isEspalierError } from '../errors/EspalierError.js';
import { BackendError, ShapeError } from '../errors/kinds.js';
import { type Shape, showShape } from '../module/Shape.js';
import { isShapeList } from './shapes.js';

/** Errors that name a layer already: the innermost that they passed. */
const located = new WeakSet<Error>();

/**
 * Says where an error came from: the layer, its input's shape, the missing kernel. Ours get the layer in front of the
 * operation that they name.
 */
export function layerError(error: unknown, where: string, shape: Shape | Shape[]): unknown {
  if (!(error instanceof Error) || located.has(error)) return error;
  const named = isEspalierError(error) ? ofLayer(error, where) : ofEngine(error, where, shape);
  located.add(named);
  return named;
}

function ofLayer(error: EspalierError, where: string): EspalierError {
  // A longer path that begins with it: of a layer inside.
  if (error.parts.where.startsWith(where)) return error;
  const parts = { ...error.parts, where: `${where}, ${error.parts.where}`, cause: error };
  const found = new EspalierError(error.kind, parts);
  // Another copy of this package may have made it: its own class stays.
  return Object.setPrototypeOf(found, Object.getPrototypeOf(error));
}

function ofEngine(error: Error, where: string, shape: Shape | Shape[]): Error {
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
