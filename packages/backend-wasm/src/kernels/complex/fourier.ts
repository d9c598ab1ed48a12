import { FFT, type FFTInputs, IFFT, type IFFTInputs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { defineKernel } from '../defineKernel.js';
import { partsOf } from './parts.js';

/** The least power of two that is not below n. */
const powerOfTwo = (n: number): number => 2 ** Math.ceil(Math.log2(n));

/** What the compiled kernel needs of e^(iα): see its comment. */
function fillTable(table: Float64Array, n: number, m: number, sign: number): void {
  let at = 0;
  const put = (angle: number): void => {
    table[at++] = Math.cos(angle);
    table[at++] = sign * Math.sin(angle);
  };
  for (let k = 0; k < m / 2; k++) put((2 * Math.PI * k) / m);
  // k² mod 2n, because a sine loses digits as its argument grows.
  if (m !== n) for (let k = 0; k < n; k++) put((Math.PI * ((k * k) % (2 * n))) / n);
}

/** The transform of each row of a complex tensor. */
function transformRows(engine: WasmEngine, z: TensorInfo, sign: 1 | -1): TensorInfo {
  const n = z.shape.at(-1) ?? 1;
  const { real, imag } = partsOf(engine, z);
  const out = {
    real: engine.makeOutput(z.shape, 'float32'),
    imag: engine.makeOutput(z.shape, 'float32'),
  };
  if (n > 0) {
    const m = powerOfTwo(n) === n ? n : powerOfTwo(2 * n - 1);
    const values = m + (m === n ? 0 : 2 * n);
    const table = engine.scratch(8 * values);
    fillTable(new Float64Array(engine.heap.buffer, table, values), n, m, sign);
    const offsets = [real, imag, out.real, out.imag].map((part) => engine.offset(part));
    const args = [...offsets, n, m, table, sign === 1 ? 1 / n : 1];
    const grain = Math.ceil(10_000 / (m * Math.log2(m + 1)));
    engine.split('fft', args, sizeFromShape(z.shape) / n, grain, (m === n ? 32 : 48) * m);
  }
  return engine.makeComplex(out);
}

/** Xₖ = Σ xⱼ e^(−2πijk/n) along the last axis. */
export const fft = /* @__PURE__ */ defineKernel<FFTInputs, object>(FFT, ({ inputs: { input }, engine }) =>
  transformRows(engine, input, -1),
);

/** xⱼ = 1/n Σ Xₖ e^(2πijk/n) along the last axis. */
export const ifft = /* @__PURE__ */ defineKernel<IFFTInputs, object>(IFFT, ({ inputs: { input }, engine }) =>
  transformRows(engine, input, 1),
);
