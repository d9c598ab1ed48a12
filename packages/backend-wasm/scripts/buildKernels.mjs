// Compiles assembly/ and writes src/generated/: our kernels in two builds, tfjs's .wasm file, and the JavaScript that calls it.
//
//   node scripts/buildKernels.mjs           build if a source is newer than the result
//   node scripts/buildKernels.mjs --force   build in any case
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { useHostAllocator } from './hostAllocator.mjs';
import { byName, tfjsUtilities } from './tfjsUtilities.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const generated = join(root, 'src/generated');
/** All .wasm files together, gzipped; one of the first two is fetched. */
const MOST_GZIPPED = 200_000;
const BUILDS = { 'espalier-simd.wasm': 'simd', 'espalier-relaxed.wasm': 'simd --enable relaxed-simd' };
const TFJS_FILE = 'tfjs-backend-wasm-simd.wasm';
const results = [...Object.keys(BUILDS), TFJS_FILE, 'tfjsKernels.js', 'tfjsUtilities.js'].map((name) =>
  join(generated, name),
);

const sources = readdirSync(join(root, 'assembly'), { recursive: true }).map((name) => join(root, 'assembly', name));
const changed = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const scripts = ['buildKernels.mjs', 'hostAllocator.mjs', 'tfjsUtilities.mjs'].map((name) =>
  join(root, 'scripts', name),
);
const newest = Math.max(...[...sources, ...scripts].map(changed));
if (Math.min(...results.map(changed)) > newest && !process.argv.includes('--force')) process.exit(0);

// Node 20 knows the instructions of the second build behind a flag, which later versions do not know.
if (Number.parseInt(process.versions.node, 10) < 22) setFlagsFromString('--experimental-wasm-relaxed-simd');
const asc = await import('assemblyscript/asc');
mkdirSync(generated, { recursive: true });
const tfjs = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm/package.json'));
const sizes = {};
for (const [name, features] of Object.entries(BUILDS)) {
  const binary = await compile(features);
  check(name, binary);
  sizes[name] = gzipSync(binary, { level: 9 }).length;
  write(name, binary);
}
await bundleTfjsKernels();
const utilities = await tfjsUtilities();
write('tfjsUtilities.js', utilities.text);
write('tfjsUtilities.d.ts', utilities.types);
const tfjsModule = await leaveOutUnused(readFileSync(join(tfjs, 'wasm-out', TFJS_FILE)));
sizes[TFJS_FILE] = gzipSync(tfjsModule, { level: 9 }).length;
const total = Object.values(sizes).reduce((a, b) => a + b);
if (total > MOST_GZIPPED) fail(`together ${total} bytes gzipped, expected at most ${MOST_GZIPPED}`);
write(TFJS_FILE, tfjsModule);
console.log(
  Object.entries({ ...sizes, total })
    .map(([name, size]) => `${name}: ${size} bytes gzipped`)
    .join('\n'),
);

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
    plugins: [byName('./tfjsUtilities.js')],
    write: false,
    treeShaking: true,
    legalComments: 'inline',
  });
  // What a bundler may drop where it is not used: the functions that make a kernel from its name do nothing else.
  const text = outputFiles[0].text.replace(/= (create\w+KernelConfig\()/g, '= /* @__PURE__ */ $1');
  write('tfjsKernels.js', text);
  const types = found.map(([, name]) => `export declare const ${name}: KernelConfig;`).sort();
  write('tfjsKernels.d.ts', `import type { KernelConfig } from '@tensorflow/tfjs-core';\n${types.join('\n')}\n`);
}

/**
 * tfjs's module without the kernels that we replace, and without the code that only they reach. Which are left is read from
 * the JavaScript that calls them: one too few, and the engine does not start.
 */
async function leaveOutUnused(bytes) {
  const { default: binaryen } = await import('binaryen');
  const callers = await callersOfKernels();
  const module = binaryen.readBinary(bytes);
  module.setFeatures(binaryen.Features.All);
  const names = WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map(({ name }) => name);
  // Kernels have names in capitals; the rest is memory, the stack and the start.
  const kernels = names.filter((name) => /^_?[A-Z]/.test(name));
  // A bundler may have put a number behind a name.
  const unused = kernels.filter((name) => !new RegExp(`\\b${name}\\d*\\b`).test(callers));
  for (const name of unused) module.removeExport(name);
  useHostAllocator(binaryen, module);
  module.runPasses(['remove-unused-module-elements']);
  if (!module.validate()) fail(`${TFJS_FILE} is not valid`);
  const smaller = module.emitBinary();
  module.dispose();
  return smaller;
}

/** The JavaScript halves that our lists name, as one text. */
async function callersOfKernels() {
  const folder = join(root, 'src/kernels');
  const lists = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.ts'));
  const text = lists.map((name) => readFileSync(join(folder, name), 'utf8')).join();
  const configs = readFileSync(join(generated, 'tfjsKernels.js'), 'utf8').match(/^ {2}\w+Config(?=,?$)/gm);
  const used = configs.map((name) => name.trim()).filter((name) => new RegExp(`\\b${name}\\b`).test(text));
  const { outputFiles } = await build({
    stdin: { contents: `export { ${used} } from './tfjsKernels.js';`, resolveDir: generated },
    bundle: true,
    format: 'esm',
    external: ['@tensorflow/tfjs-core'],
    write: false,
    treeShaking: true,
    minifySyntax: true,
  });
  // What is imported or named in a comment need not be used.
  return outputFiles[0].text.replace(/^import \{[^}]*\} from .*$|\/\/.*$/gm, '');
}

/** Runs the compiler in memory. */
async function compile(features) {
  let binary;
  // What is used most gets the short numbers: less to fetch, and the same instructions.
  const options = `-O3 --runPasses reorder-locals,reorder-functions --runtime stub --enable ${features} --importMemory --noAssert --noExportMemory --memoryBase 0`;
  const { error, stdout, stderr } = await asc.main(
    [join('assembly', 'index.ts'), '--baseDir', root, ...options.split(' '), '--outFile', 'kernels.wasm'],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = contents;
      },
    },
  );
  if (error) {
    console.error(`${stdout}${stderr}\n${error.message}`);
    process.exit(1);
  }
  return binary;
}

/** The module must live in a heap that is not its own: nothing may be placed in it, and it must not grow it. */
function check(name, bytes) {
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (imports.join() !== 'env.memory') fail(`${name} imports ${imports.join(', ')}, expected env.memory alone`);
  const sections = sectionIds(bytes);
  if (sections.includes(11)) fail(`${name} has data segments`);
  if (sections.includes(8)) fail(`${name} has a start function`);
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
