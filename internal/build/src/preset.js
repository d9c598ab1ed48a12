import { defineConfig } from 'tsup';

/**
 * The one place that knows the bundler. Every published package is built by calling it.
 *
 * - `entry`: the files that `exports` and `bin` name.
 * - `noExternal`: dependencies that go into the bundle instead of being installed beside it.
 * - `esbuildPlugins`: steps of this package alone.
 * - `cjs`: false for a package that is only ever run, never required.
 * - `platform`: 'node' lets the code import Node's own modules; everything else must load in a browser.
 *
 * @param {object} [options]
 * @param {string[]} [options.entry]
 * @param {RegExp[]} [options.noExternal]
 * @param {import('esbuild').Plugin[]} [options.esbuildPlugins]
 * @param {boolean} [options.cjs]
 * @param {'neutral' | 'node'} [options.platform]
 */
export function preset({
  entry = ['src/index.ts'],
  noExternal = [],
  esbuildPlugins = [],
  cjs = true,
  platform = 'neutral',
} = {}) {
  return defineConfig({
    entry,
    format: cjs ? ['esm', 'cjs'] : ['esm'],
    target: 'es2022',
    platform,
    // TypeScript 6 deprecates an option that the declaration bundler still sets.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    clean: true,
    // Without a require build there may be several entries, which share chunks instead of carrying copies.
    splitting: !cjs,
    treeshake: true,
    sourcemap: false,
    // Bundlers for browsers know what 'node:fs' is, and take 'fs' for a package.
    removeNodeProtocol: false,
    noExternal,
    esbuildPlugins,
    esbuildOptions(options) {
      // esbuild resolves nothing for a neutral platform unless it is told which fields of a package.json to read.
      if (platform === 'neutral') options.mainFields = ['module', 'main'];
    },
  });
}
