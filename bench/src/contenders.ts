import { fileURLToPath } from 'node:url';
import type { WorkloadName } from './workloads.js';

/** One row of the table. */
export interface Contender {
  readonly name: string;
  readonly command: (workload: WorkloadName) => readonly string[];
  /** The workloads in which it differs from the contender before it; default all. */
  readonly only?: readonly WorkloadName[];
  /** Why it cannot run a workload, where trying would not say. */
  readonly cannot?: Partial<Record<WorkloadName, string>>;
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const tsx =
  (file: string, ...rest: string[]) =>
  (workload: WorkloadName) => [process.execPath, '--import', 'tsx', here(file), workload, ...rest];
const python =
  (file: string, ...rest: string[]) =>
  (workload: WorkloadName) => ['python3', here(file), workload, ...rest];

/** The one that the ratios are to. */
export const reference = 'Espalier WASM, 1 thread';

/** Each runs in a process of its own: tfjs has one engine a process. */
export const contenders: readonly Contender[] = [
  { name: reference, command: tsx('./espalier/main.ts', '1') },
  { name: 'Espalier WASM, 2 threads', command: tsx('./espalier/main.ts', '2') },
  { name: 'tfjs-layers WASM', command: tsx('./tfjs/main.ts', 'wasm') },
  {
    name: 'tfjs-layers WASM, embedding mended',
    command: tsx('./tfjs/main.ts', 'wasm', 'mended'),
    only: ['lstm'],
  },
  { name: 'tfjs-layers CPU', command: tsx('./tfjs/main.ts', 'cpu') },
  {
    name: 'jax-js WASM',
    command: tsx('./jax/main.ts'),
    cannot: { lstm: 'jax-js has no scan: a loop over time would be compiled step by step' },
  },
  { name: 'PyTorch CPU, 1 thread', command: python('./pytorch/main.py', '1') },
  { name: 'PyTorch CPU, 2 threads', command: python('./pytorch/main.py', '2') },
];
