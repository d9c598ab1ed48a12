// The pure functions of tfjs-core that kernels use, by name. tfjs-core exports them as members of objects (`util`,
// `backend_util`), and a bundler that meets one of those keeps all of it: 15 kB, gzipped, in every page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const dist = join(dirname(require.resolve('@tensorflow/tfjs-core/package.json')), 'dist');

/** By file of tfjs-core: what is taken from it, with another name where two have the same. */
const MEMBERS = {
  'util_base.js':
    'arraysEqual assert assertShapesMatch bytesPerElement computeStrides getArrayFromDType inferDtype inferFromImplicitShape makeZerosTypedArray parseAxisParam sizeFromShape',
  'ops/broadcast_util.js': 'assertAndGetBroadcastShape',
  'ops/axis_util.js':
    'assertAxesAreInnerMostDims computeOutAndReduceShapes expandShapeToKeepDim getAxesPermutation getInnerMostAxes getUndoAxesPermutation',
  'ops/concat_util.js': 'assertParamsConsistent computeOutShape',
  'ops/conv_util.js':
    'computeConv2DInfo computeConv3DInfo computeDilation2DInfo computePool2DInfo computePool3DInfo convertConv2DDataFormat eitherStridesOrDilationsAreOne',
  'ops/rotate_util.js': 'getImageCenter',
  'ops/array_ops_util.js': 'getPermuted getReshaped getReshapedPermuted getSliceBeginCoords getSliceSize',
  'ops/scatter_nd_util.js': 'calculateShapes',
  'ops/gather_nd_util.js': 'prepareAndValidate',
  'ops/slice_util.js':
    'assertParamsValid computeFlatOffset computeOutShape:computeSliceShape isSliceContinous parseSliceParams sliceInfo',
  'ops/segment_util.js': 'collectGatherOpShapeInfo computeOutShape:computeSegmentShape',
  'ops/split_util.js': 'prepareSplitSize',
  'backends/complex_util.js': 'mergeRealAndImagArrays splitRealAndImagArrays',
  'ops/sparse/sparse_fill_empty_rows_util.js':
    'getSparseFillEmptyRowsIndicesDenseShapeMismatch getSparseFillEmptyRowsNegativeIndexErrorMessage getSparseFillEmptyRowsOutOfRangeIndexErrorMessage',
  'ops/sparse/sparse_reshape_util.js':
    'getSparseReshapeEmptyTensorZeroOutputDimErrorMessage getSparseReshapeInputOutputMismatchErrorMessage getSparseReshapeInputOutputMultipleErrorMessage getSparseReshapeMultipleNegativeOneOutputDimErrorMessage getSparseReshapeNegativeOutputDimErrorMessage',
  'ops/sparse/sparse_segment_reduction_util.js':
    'getSparseSegmentReductionIndicesOutOfRangeErrorMessage getSparseSegmentReductionNegativeSegmentIdsErrorMessage getSparseSegmentReductionNonIncreasingSegmentIdsErrorMessage getSparseSegmentReductionSegmentIdOutOfRangeErrorMessage',
};

/** In place of those that ask the platform. */
const OWN = `
export const encodeString = (text) => new TextEncoder().encode(text);
export const decodeString = (bytes) => new TextDecoder().decode(bytes);
export const fromUint8ToStringArray = (list) => list.map(decodeString);
export const fromStringArrayToUint8 = (list) => list.map(encodeString);
`;

const taken = Object.entries(MEMBERS).flatMap(([file, names]) =>
  names.split(' ').map((entry) => {
    const [name, as = name] = entry.split(':');
    return { file, name, as };
  }),
);
const ownNames = [...OWN.matchAll(/const (\w+)/g)].map(([, name]) => name);

/** Which object of tfjs-core has a member, as a path. */
const pathOf = ({ file, name }) => {
  if (file === 'util_base.js') return `util.${name}`;
  if (file === 'ops/slice_util.js') return `slice_util.${name}`;
  if (file === 'ops/segment_util.js') return `backend_util.segment_util.${name}`;
  if (file === 'ops/gather_nd_util.js') return `gather_util.${name}`;
  return `backend_util.${name}`;
};

/** The module, and its types. */
export async function tfjsUtilities() {
  const exports = taken.map(
    ({ file, name, as }) => `export { ${name} as ${as} } from ${JSON.stringify(join(dist, file))};`,
  );
  const { outputFiles, metafile } = await build({
    stdin: { contents: exports.join('\n') + OWN, resolveDir: dist },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    metafile: true,
    legalComments: 'inline',
  });
  const [{ inputs }] = Object.values(metafile.outputs);
  const impure = Object.entries(inputs)
    .filter(
      ([file, { bytesInOutput }]) => bytesInOutput > 0 && /\/(engine|environment|globals|tensor|flags)\.js$/.test(file),
    )
    .map(([file]) => file);
  if (impure.length > 0) throw new Error(`tfjs-core's functions bring its state along: ${impure}`);
  const types = taken.map((one) => `export declare const ${one.as}: typeof tfjs.${pathOf(one)};`);
  const ownTypes = ownNames.map(
    (name) => `export declare const ${name}: typeof tfjs.${name.startsWith('from') ? 'backend_util' : 'util'}.${name};`,
  );
  return {
    text: outputFiles[0].text,
    types: ["import type * as tfjs from '@tensorflow/tfjs-core';", ...types, ...ownTypes, ''].join('\n'),
  };
}

/** Every path under which a kernel of tfjs may name a member, and the name here. */
function namesByPath() {
  const paths = new Map();
  for (const one of taken) {
    paths.set(pathOf(one), one.as);
    if (one.file === 'ops/broadcast_util.js') paths.set(`broadcast_util.${one.name}`, one.as);
    if (one.file === 'ops/scatter_nd_util.js') paths.set(`scatter_util.${one.name}`, one.as);
    if (one.file === 'ops/slice_util.js') paths.set(`backend_util.slice_util.${one.name}`, one.as);
  }
  for (const name of ownNames) {
    paths.set(`util.${name}`, name);
    paths.set(`backend_util.${name}`, name);
  }
  return paths;
}

/** Lets the kernels of tfjs take them from `module` instead. */
export function byName(module) {
  const paths = namesByPath();
  const member =
    /\b(?:backend_|slice_|broadcast_|scatter_|gather_)?util(?:\s*\.\s*(?:segment|slice)_util)?\s*\.\s*\w+/g;
  return {
    name: 'by-name',
    setup(plugin) {
      plugin.onResolve({ filter: /^by-name$/ }, () => ({ path: module, external: true }));
      plugin.onLoad({ filter: /tfjs-backend-(wasm|cpu)\/dist\/.*\.js$/ }, ({ path }) => {
        const used = new Set();
        const text = readFileSync(path, 'utf8').replace(member, (whole) => {
          // Lines may break before the point.
          const name = paths.get(whole.replace(/\s/g, ''));
          if (name === undefined) return whole;
          used.add(name);
          return `$${name}`;
        });
        const imports = [...used].map((name) => `${name} as $${name}`).join(', ');
        return { contents: used.size === 0 ? text : `import { ${imports} } from 'by-name';\n${text}` };
      });
    },
  };
}
