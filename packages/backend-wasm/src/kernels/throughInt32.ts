import type { KernelConfig, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../engine/WasmEngine.js';
import { castTo } from './elementwise/Cast.js';

/**
 * A kernel of tfjs that takes all values to be four bytes wide, or writes nothing for others, made right for bools, which have
 * one: it works on int32, and the result is made bool again. On bools themselves it would write
 * beyond its result, or leave what the memory held.
 * @param result `int32` where the results of bools stay integers.
 * @param which The place of the result among several.
 */
export function throughInt32(config: KernelConfig, result: 'bool' | 'int32' = 'bool', which = 0): KernelConfig {
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
      const out = config.kernelFunc({ ...call, inputs: { ...inputs, ...Object.fromEntries(widened) } });
      for (const [, x] of widened) engine.disposeData(x.dataId);
      const results = [out].flat() as TensorInfo[];
      const wide = results[which]!;
      // A comparison gives bools whatever it compares.
      if (wide.dtype === result) return out;
      results[which] = castTo(engine, wide, result);
      engine.disposeData(wide.dataId);
      return Array.isArray(out) ? results : results[which];
    },
  };
}
