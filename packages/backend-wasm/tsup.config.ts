import { copyFileSync } from 'node:fs';
import { preset } from '@espalier/build';

const file = 'tfjs-backend-wasm-simd.wasm';

export default {
  ...preset(),
  onSuccess: async () => copyFileSync(`src/generated/${file}`, `dist/${file}`),
};
