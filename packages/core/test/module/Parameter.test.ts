import { cpu } from '@espalier/backend-cpu';
import { activateBackend, isEspalierError, Parameter, Rng } from '@espalier/core';
import { memory, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => void (await activateBackend(cpu())));

const initializer = { className: 'Sevens', getConfig: () => ({}), values: () => Float32Array.of(7, 7) };

describe('Parameter', () => {
  it('keeps its own dtype, the first time and later', () => {
    const parameter = new Parameter({ shape: [2], initializer });
    for (const value of [tensor1d([1, 2], 'int32'), tensor1d([3, 4], 'int32')]) {
      parameter.assign(value);
      expect(parameter.value.dtype).toBe('float32');
      expect([...parameter.value.dataSync()]).toEqual([...value.dataSync()]);
    }
    parameter.dispose();
  });

  it('copies what it is given, and keeps what it has where the shape is another', () => {
    const before = memory().numTensors;
    const parameter = new Parameter({ shape: [2], initializer });
    const value = tensor1d([1, 2]);
    parameter.assign(value);
    value.dispose();
    for (const wrong of [Float32Array.of(1), tensor1d([1, 2, 3])]) {
      try {
        parameter.assign(wrong);
        expect.unreachable();
      } catch (error) {
        expect(isEspalierError(error, 'ShapeError')).toBe(true);
      }
      if (!(wrong instanceof Float32Array)) wrong.dispose();
    }
    expect([...parameter.value.dataSync()]).toEqual([1, 2]);
    parameter.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('is initialised once, and again after dispose', () => {
    const parameter = new Parameter({ shape: [2], initializer });
    expect(() => parameter.value).toThrow(/no values yet/);
    parameter.assign(Float32Array.of(1, 2));
    parameter.initialize(new Rng(1));
    expect([...parameter.value.dataSync()]).toEqual([1, 2]);
    parameter.dispose();
    parameter.initialize(new Rng(1));
    expect([...parameter.value.dataSync()]).toEqual([7, 7]);
    parameter.dispose();
  });

  it('names itself and its size where JavaScript has no memory for its first values', () => {
    const values = (shape: readonly number[]) => new Float32Array(shape.reduce((a, b) => a * b));
    const parameter = new Parameter({ shape: [1e6, 1e6], initializer: { ...initializer, values } });
    parameter.path = 'dense/kernel';
    let thrown: unknown;
    try {
      parameter.initialize(new Rng(1));
    } catch (error) {
      thrown = error;
    }
    expect(isEspalierError(thrown, 'BackendError')).toBe(true);
    expect(String(thrown)).toMatch(
      /dense\/kernel: JavaScript has no memory[\s\S]*1000000000000 numbers, for \(1000000, 1000000\)/,
    );
    expect(parameter.initialized).toBe(false);
  });
});
