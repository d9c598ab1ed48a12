import type { KernelConfig, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { castTo } from '../elementwise/Cast.js';
import { copyOf, filled, partsOf } from './parts.js';

interface Call {
  readonly engine: WasmEngine;
  readonly inputs: NamedTensorInfoMap;
  readonly attrs: NamedAttrMap;
  /** The kernel as it is for real numbers. */
  readonly run: (inputs: NamedTensorInfoMap) => TensorInfo;
}

const isComplex = (x: TensorInfo | undefined): boolean => x?.dtype === 'complex64';

/** The kernel done with the real parts and with the imaginary parts, as linear kernels allow. */
function byParts({ engine, inputs, run }: Call): TensorInfo {
  const [real, imag] = (['real', 'imag'] as const).map((part) => {
    const pick = (x: TensorInfo): TensorInfo => (isComplex(x) ? partsOf(engine, x)[part] : x);
    const picked: Record<string, TensorInfo> | TensorInfo[] = Array.isArray(inputs)
      ? inputs.map(pick)
      : Object.fromEntries(Object.entries(inputs as Record<string, TensorInfo>).map(([name, x]) => [name, pick(x)]));
    const out = run(picked as NamedTensorInfoMap);
    // Some kernels hand their input on under another shape.
    return Object.values(picked).some(({ dataId }) => dataId === out.dataId) ? detached(engine, out) : out;
  });
  return engine.makeComplex({ real: real!, imag: imag! });
}

function detached(engine: WasmEngine, shared: TensorInfo): TensorInfo {
  const own = copyOf(engine, shared);
  engine.disposeData(shared.dataId);
  return own;
}

/** (a + ib)(c + id) */
function product({ engine, inputs, run }: Call): TensorInfo {
  const [x, y] = [partsOf(engine, inputs.a!), partsOf(engine, inputs.b!)];
  const out = {
    real: run({ a: x.real, b: y.real }),
    imag: run({ a: x.real, b: y.imag }),
  };
  const rest = [run({ a: x.imag, b: y.imag }), run({ a: x.imag, b: y.real })] as const;
  const [re, im] = [out.real, out.imag].map((part) => engine.typedArrayFromHeap(part));
  const [square, cross] = rest.map((part) => engine.typedArrayFromHeap(part));
  for (let i = 0; i < re!.length; i++) {
    re![i]! -= square![i]!;
    im![i]! += cross![i]!;
  }
  for (const { dataId } of rest) engine.disposeData(dataId);
  return engine.makeComplex(out);
}

function cast({ engine, inputs, attrs }: Call): TensorInfo {
  const x = inputs.x!;
  if (isComplex(x)) {
    return attrs.dtype === 'complex64'
      ? shared(engine, x)
      : castTo(engine, partsOf(engine, x).real, attrs.dtype as 'float32');
  }
  const real = x.dtype === 'float32' ? copyOf(engine, x) : castTo(engine, x, 'float32');
  return engine.makeComplex({ real, imag: filled(engine, x.shape, 0) });
}

/** The same tensor once more. */
function shared(engine: WasmEngine, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  engine.incRef(dataId);
  return { dataId, shape, dtype };
}

const constant =
  (real: number) =>
  ({ engine, inputs }: Call): TensorInfo =>
    engine.makeComplex({
      real: filled(engine, inputs.x!.shape, real),
      imag: filled(engine, inputs.x!.shape, 0),
    });

/** What kernels do with complex tensors. */
const rules: Readonly<Record<string, (call: Call) => TensorInfo>> = {
  Add: byParts,
  Sub: byParts,
  Neg: byParts,
  Concat: byParts,
  Reshape: byParts,
  ExpandDims: byParts,
  Slice: byParts,
  Transpose: byParts,
  Reverse: byParts,
  Tile: byParts,
  GatherV2: byParts,
  Multiply: product,
  Identity: ({ engine, inputs }) => shared(engine, inputs.x!),
  Cast: cast,
  ZerosLike: /* @__PURE__ */ constant(0),
  OnesLike: /* @__PURE__ */ constant(1),
};

/** The kernel, made to take complex tensors too where there is a rule for it. */
export function withComplex(config: KernelConfig): KernelConfig {
  const rule = rules[config.kernelName];
  if (!rule) return config;
  return {
    ...config,
    kernelFunc(call) {
      const { inputs, attrs = {} as NamedAttrMap, backend } = call;
      const wanted = attrs.dtype === 'complex64' || Object.values(inputs).some(isComplex);
      if (!wanted) return config.kernelFunc(call);
      const run = (parts: NamedTensorInfoMap): TensorInfo =>
        config.kernelFunc({ inputs: parts, attrs, backend }) as TensorInfo;
      return rule({ engine: backend as WasmEngine, inputs, attrs, run });
    },
  };
}
