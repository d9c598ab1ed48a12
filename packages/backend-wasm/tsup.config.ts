import { copyFileSync, writeFileSync } from 'node:fs';
import { preset } from '@espalier/build';

const file = 'tfjs-backend-wasm-simd.wasm';

export default {
  ...preset(),
  onSuccess: async () => {
    copyFileSync(`src/generated/${file}`, `dist/${file}`);
    // What a bundler's import of the file gives: its address.
    for (const name of ['wasmUrl.d.ts', 'wasmUrl.d.cts']) {
      writeFileSync(`dist/${name}`, 'declare const url: string;\nexport default url;\n');
    }
  },
};
