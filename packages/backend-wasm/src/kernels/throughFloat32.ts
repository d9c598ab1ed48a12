import type { KernelConfig, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';
import { castTo } from './elementwise/Cast.js';

/** A kernel of tfjs that writes nothing for other types, made right for integers and bools, which it takes as floats. */
export function throughFloat32(config: KernelConfig): KernelConfig {
  return {
    ...config,
    kernelFunc: (call) => {
      const engine = call.backend as WasmEngine;
      const floats = Object.entries(call.inputs as NamedTensorInfoMap).map(
        ([name, x]) => [name, castTo(engine, x as TensorInfo, 'float32')] as const,
      );
      const out = config.kernelFunc({ ...call, inputs: Object.fromEntries(floats) });
      for (const [, x] of floats) engine.disposeData(x.dataId);
      return out;
    },
  };
}
