import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';

/** What a kernel of ours is called with: tfjs's arguments, with the types that its name implies. */
export interface KernelCall<Inputs, Attrs> {
  readonly inputs: { readonly [Name in keyof Inputs]: Exclude<Inputs[Name], undefined> };
  readonly attrs: Attrs;
  readonly engine: WasmEngine;
}

/** Makes tfjs's description of a kernel from a function; `Inputs` and `Attrs` are tfjs's interfaces for that kernel. */
export function defineKernel<Inputs, Attrs>(
  kernelName: string,
  run: (call: KernelCall<Inputs, Attrs>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      run({
        inputs: inputs as KernelCall<Inputs, Attrs>['inputs'],
        attrs: (attrs ?? {}) as Attrs,
        engine: backend as WasmEngine,
      }),
  };
}

/**
 * tfjs's kernel with another function. A call marked as pure rather than an object that is spread: bundlers keep those,
 * since spreading may run code.
 */
export function instead(config: KernelConfig, kernelFunc: KernelConfig['kernelFunc']): KernelConfig {
  return { ...config, kernelFunc };
}

/** Runs another kernel from inside one, outside the tape and without tensors that tfjs-core would have to track. */
export function callKernel(
  config: KernelConfig,
  engine: WasmEngine,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap = {},
): TensorInfo {
  return config.kernelFunc({ inputs, attrs, backend: engine }) as TensorInfo;
}

/** A kernel of ours that calls one of tfjs's, which has to be set up before. */
export function withSetup(config: KernelConfig, called: KernelConfig): KernelConfig {
  return called.setupFunc === undefined ? config : { ...config, setupFunc: called.setupFunc };
}
