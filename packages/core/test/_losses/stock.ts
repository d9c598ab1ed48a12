import * as tf from '@tensorflow/tfjs-core';
export function wasm(_: object) {
  return {
    name: 'wasm',
    probe: async () => ({ available: true as const }),
    async activate() {
      const m = await import('@tensorflow/tfjs-backend-wasm');
      await tf.setBackend('wasm');
      await tf.ready();
      return { name: 'wasm', device: '', threads: 1, simd: '', version: '' };
    },
  };
}
