import type { KernelConfig, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';
import { castTo } from './elementwise/Cast.js';

/**
 * A kernel of tfjs that moves values and takes all of them to be four bytes wide, made right for bools, which have one: it
 * works on int32, and what it moved is made bool again. On bools themselves it would write beyond its result.
 */
export function throughInt32(config: KernelConfig): KernelConfig {
  return {
    ...config,
    kernelFunc: (call) => {
      const inputs = call.inputs as NamedTensorInfoMap;
      const bools = Object.entries(inputs).flatMap(([name, x]) =>
        x?.dtype === 'bool' && name !== 'condition' ? [[name, x] as const] : [],
      );
      if (bools.length === 0) return config.kernelFunc(call);
      const engine = call.backend as WasmEngine;
      const widened = bools.map(([name, x]) => [name, castTo(engine, x as TensorInfo, 'int32')] as const);
      const out = config.kernelFunc({ ...call, inputs: { ...inputs, ...Object.fromEntries(widened) } }) as TensorInfo;
      for (const [, x] of widened) engine.disposeData(x.dataId);
      // A comparison gives bools whatever it compares.
      if (out.dtype === 'bool') return out;
      const narrowed = castTo(engine, out, 'bool');
      engine.disposeData(out.dataId);
      return narrowed;
    },
  };
}
