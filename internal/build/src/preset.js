import { defineConfig } from 'tsup';

/**
 * The one place that knows the bundler. Every published package is built by calling it.
 * @param {{ entry?: string[], noExternal?: RegExp[], esbuildPlugins?: import('esbuild').Plugin[], cjs?: boolean }} [options]
 */
export function preset({ entry = ['src/index.ts'], noExternal = [], esbuildPlugins = [], cjs = true } = {}) {
  return defineConfig({
    entry,
    format: cjs ? ['esm', 'cjs'] : ['esm'],
    target: 'es2022',
    platform: 'neutral',
    // TypeScript 6 deprecates an option that the declaration bundler still sets.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    clean: true,
    splitting: false,
    treeshake: true,
    sourcemap: false,
    noExternal,
    esbuildPlugins,
  });
}
