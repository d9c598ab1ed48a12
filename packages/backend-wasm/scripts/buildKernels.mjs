// Compiles assembly/ and writes src/generated/: our kernels as base64, tfjs's .wasm file, and the JavaScript that calls it.
//
//   node scripts/buildKernels.mjs           build if a source is newer than the result
//   node scripts/buildKernels.mjs --force   build in any case
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const generated = join(root, 'src/generated');
const target = join(generated, 'simdModule.ts');
const MOST_GZIPPED = 15_000;

const sources = readdirSync(join(root, 'assembly')).map((name) => join(root, 'assembly', name));
const newest = Math.max(...[...sources, fileURLToPath(import.meta.url)].map((file) => statSync(file).mtimeMs));
const wasmFile = 'tfjs-backend-wasm-simd.wasm';
const upToDate = existsSync(target) && existsSync(join(generated, wasmFile)) && statSync(target).mtimeMs > newest;
if (upToDate && !process.argv.includes('--force')) process.exit(0);

const asc = await import('assemblyscript/asc');
const flags = '-O3 --runtime stub --enable simd --importMemory --noAssert --noExportMemory --memoryBase 0';
const { error, stdout, stderr, binary } = await compile(flags.split(' '));
if (error) {
  console.error(`${stdout}${stderr}\n${error.message}`);
  process.exit(1);
}
check(binary);

mkdirSync(generated, { recursive: true });
const tfjs = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
copyFileSync(join(tfjs, 'wasm-out', wasmFile), join(generated, wasmFile));
await bundleTfjsKernels();
write(
  'simdModule.ts',
  `/** Made from assembly/. */\nexport const SIMD_BASE64 =\n  '${Buffer.from(binary).toString('base64')}';\n`,
);
console.log(`kernels: ${binary.length} bytes, ${gzipSync(binary, { level: 9 }).length} gzipped`);

/** Writes beside and renames, so that a test that runs meanwhile never reads half a file. */
function write(name, contents) {
  writeFileSync(join(generated, `${name}.tmp`), contents);
  renameSync(join(generated, `${name}.tmp`), join(generated, name));
}

/**
 * The JavaScript halves of tfjs's kernels in one file. They are ES modules that Node cannot load where they lie, and tfjs's
 * index registers all of them on import; here they are plain values, of which a bundler drops those that are not used.
 */
async function bundleTfjsKernels() {
  const list = readFileSync(join(tfjs, 'dist/register_all_kernels.js'), 'utf8');
  const found = [...list.matchAll(/^import \{ (\w+Config) \} from '\.\/(kernels\/\w+)';$/gm)];
  const contents = found.map(
    ([, name, file]) => `export { ${name} } from ${JSON.stringify(join(tfjs, 'dist', file))};`,
  );
  const { outputFiles } = await build({
    stdin: { contents: contents.join('\n'), resolveDir: root },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    external: ['@tensorflow/tfjs-core'],
    write: false,
    treeShaking: true,
    legalComments: 'inline',
  });
  write('tfjsKernels.js', outputFiles[0].text);
  const types = found.map(([, name]) => `export declare const ${name}: KernelConfig;`).sort();
  write('tfjsKernels.d.ts', `import type { KernelConfig } from '@tensorflow/tfjs-core';\n${types.join('\n')}\n`);
}

/** Runs the compiler in memory. */
async function compile(options) {
  let binary;
  const result = await asc.main(
    [join('assembly', 'index.ts'), '--baseDir', root, ...options, '--outFile', 'kernels.wasm'],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  return { ...result, binary };
}

/** The module must live in a heap that is not its own: nothing may be placed in it, and it must not grow it. */
function check(bytes) {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (imports.join() !== 'env.memory') fail(`imports ${imports.join(', ')}, expected env.memory alone`);
  const sections = sectionIds(bytes);
  if (sections.includes(11)) fail('it has data segments');
  if (sections.includes(8)) fail('it has a start function');
  const size = gzipSync(bytes, { level: 9 }).length;
  if (size > MOST_GZIPPED) fail(`it has ${size} bytes gzipped, expected at most ${MOST_GZIPPED}`);
}

function fail(what) {
  console.error(`the compiled kernels are refused: ${what}`);
  process.exit(1);
}

/** The ids of the sections of a module: after an 8-byte header, each has an id, a LEB128 length and its contents. */
function sectionIds(bytes) {
  const ids = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]);
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      length += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    at += length;
  }
  return ids;
}
