// Compiles assembly/ and writes src/generated/jpegModule.ts, which carries the module as base64: no bundler has to find a file.
//
//   node scripts/buildDecoder.mjs           build if a source is newer than the result
//   node scripts/buildDecoder.mjs --force   build in any case
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const result = join(root, 'src/generated/jpegModule.ts');
const MOST_GZIPPED = 8_000;

const sources = readdirSync(join(root, 'assembly')).map((name) => join(root, 'assembly', name));
const changed = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);
const newest = Math.max(...[...sources, fileURLToPath(import.meta.url)].map(changed));
if (changed(result) > newest && !process.argv.includes('--force')) process.exit(0);

const binary = await compile();
const imports = WebAssembly.Module.imports(new WebAssembly.Module(binary));
if (imports.length > 0) fail(`it imports ${imports.map(({ name }) => name).join(', ')}, expected nothing`);
const size = gzipSync(binary, { level: 9 }).length;
if (size > MOST_GZIPPED) fail(`${size} bytes gzipped, expected at most ${MOST_GZIPPED}`);
mkdirSync(dirname(result), { recursive: true });
// Beside it and renamed, so that a test that runs meanwhile never reads half a file.
writeFileSync(`${result}.tmp`, `export const jpegModule =\n  '${Buffer.from(binary).toString('base64')}';\n`);
renameSync(`${result}.tmp`, result);
console.log(`jpegModule: ${binary.length} bytes, ${size} gzipped`);

/** Runs the compiler in memory. */
async function compile() {
  const asc = await import('assemblyscript/asc');
  let bytes;
  const options = '-O3 --runtime stub --noAssert --memoryBase 32768 --initialMemory 1 --maximumMemory 65536';
  const { error, stdout, stderr } = await asc.main(
    [join('assembly', 'index.ts'), '--baseDir', root, ...options.split(' '), '--outFile', 'jpeg.wasm'],
    {
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) bytes = contents;
      },
    },
  );
  if (error) fail(`${stdout}${stderr}\n${error.message}`);
  return bytes;
}

function fail(what) {
  console.error(`the compiled decoder is refused: ${what}`);
  process.exit(1);
}
