import { getKernel, type KernelConfig, registerKernel, type TensorInfo, unregisterKernel } from '@tensorflow/tfjs-core';

/** A list of numbers, as tensors on this backend have it. */
export type Values = { readonly length: number; [index: number]: number };

/** What our kernels use of tfjs's backend. */
export interface CpuBackend {
  readonly data: { get(id: object): { values: Values } };
  makeTensorInfo(shape: number[], dtype: string, values: Values): TensorInfo;
  disposeIntermediateTensorInfo(info: TensorInfo): void;
}

/** A call of a kernel, and tfjs's own, for what it does right. */
export interface Call {
  readonly inputs: Readonly<Record<string, TensorInfo>>;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly backend: CpuBackend;
  readonly theirs: (changes?: { inputs?: Record<string, TensorInfo>; attrs?: Record<string, unknown> }) => TensorInfo;
}

/** What a kernel of tfjs's is replaced by; nothing for what tfjs's own does right. */
export type Override = (call: Call) => TensorInfo | TensorInfo[] | undefined;

const ours = /* @__PURE__ */ new WeakSet<KernelConfig['kernelFunc']>();

/** Puts ours in the place of tfjs's kernels, once. */
export function override(kernels: Readonly<Record<string, Override>>): void {
  for (const [kernelName, run] of Object.entries(kernels)) {
    const config = getKernel(kernelName, 'cpu');
    if (config === undefined || ours.has(config.kernelFunc)) continue;
    const kernelFunc: KernelConfig['kernelFunc'] = (given) => {
      const theirs: Call['theirs'] = (changes) => config.kernelFunc({ ...given, ...changes } as never) as TensorInfo;
      return run({ ...given, theirs } as unknown as Call) ?? theirs();
    };
    ours.add(kernelFunc);
    unregisterKernel(kernelName, 'cpu');
    registerKernel({ ...config, kernelFunc });
  }
}

export const valuesOf = ({ backend }: Pick<Call, 'backend'>, x: TensorInfo): Values =>
  backend.data.get(x.dataId).values;
