import { copyFileSync } from 'node:fs';
import { preset } from '@espalier/build';

const files = ['tfjs-backend-wasm-simd.wasm', 'espalier-simd.wasm', 'espalier-relaxed.wasm'];

export default {
  ...preset(),
  onSuccess: async () => {
    for (const file of files) copyFileSync(`src/generated/${file}`, `dist/${file}`);
  },
};
