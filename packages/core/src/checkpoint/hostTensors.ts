import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { ShapeError } from '../errors/kinds.js';
import type { HostTensor } from './HostTensor.js';

/** Copies a tensor to the host. */
export async function hostTensor(source: Tensor): Promise<HostTensor> {
  const { dtype, shape } = source;
  // A copy: some engines hand out the very array they compute in.
  const data = (await source.data()).slice();
  if (dtype === 'float32') return { dtype, shape, data: data as Float32Array };
  if (dtype === 'int32') return { dtype, shape, data: data as Int32Array };
  if (dtype === 'bool') return { dtype, shape, data: data as Uint8Array };
  throw new ShapeError({ where: 'hostTensor', problem: `a ${dtype} tensor cannot be saved` });
}

/** Copies a host tensor to the backend; the caller disposes it. */
export function deviceTensor({ dtype, shape, data }: HostTensor): Tensor {
  if (dtype === 'float32' || dtype === 'float64') return tensor(new Float32Array(data), [...shape], 'float32');
  return tensor(new Int32Array(data), [...shape], dtype === 'bool' ? 'bool' : 'int32');
}
