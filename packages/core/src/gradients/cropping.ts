import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { matMul, mul, reshape, run, slice, sub, sum, transpose, where, zeros } from './kernels.js';

interface CropAttrs {
  readonly cropSize: [number, number];
  readonly method: 'bilinear' | 'nearest';
}

/** How one axis of the image is read: by a matrix for each box. */
interface Reading {
  /** [boxes, places of the crop, positions of the image]: the share of each position. */
  readonly weights: Tensor;
  /** Their derivatives in the coordinate that is read. */
  readonly slopes: Tensor;
  /** The coordinates are the two edges of the box times this, [2, places]. */
  readonly spread: Tensor;
}

/** Places are spread evenly from the one edge to the other, which are counted in parts of the image; one is in the middle. */
function edgeShares(places: number, positions: number): Tensor {
  const share = (i: number): number => (places > 1 ? i / (places - 1) : 0.5);
  const values = Array.from({ length: 2 * places }, (_, k) => {
    const part = share(k % places);
    return (k < places ? 1 - part : part) * (positions - 1);
  });
  return tensor(Float32Array.from(values), [2, places]);
}

function readAxis(
  boxes: Tensor,
  first: 0 | 1,
  places: number,
  positions: number,
  method: CropAttrs['method'],
): Reading {
  const count = boxes.shape[0]!;
  const edges = reshape(slice(reshape(boxes, [count, 2, 2]), [0, 0, first], [count, 2, 1]), [count, 2]);
  const spread = edgeShares(places, positions);
  const at = reshape(matMul(edges, spread), [count, places, 1]);
  const axis = tensor(Float32Array.from({ length: positions }, (_, i) => i));
  // What lies outside the image is not read from it.
  const inside = mul(where('GreaterEqual', at, 0), where('LessEqual', at, positions - 1));
  if (method === 'nearest') {
    const nearest = run('Floor', { x: sub(at, -0.5) });
    const weights = mul(where('Equal', nearest, axis), inside);
    return { weights, slopes: zeros(weights.shape), spread };
  }
  const distance = sub(axis, at);
  const weights = run('Relu', { x: sub(1, run('Abs', { x: distance })) });
  const slopes = mul(run('Sign', { x: distance }), where('Greater', weights, 0));
  return { weights: mul(weights, inside), slopes: mul(slopes, inside), spread };
}

/** [boxes, a, b, channels] with the two axes of places changed. */
const turned = (x: Tensor): Tensor => transpose(x, [0, 2, 1, 3]);

/** Multiplies the rows of each image, [boxes, from, across, channels], by a matrix for each box. */
function alongRows(weights: Tensor, x: Tensor, transposed = false): Tensor {
  const [count, from, across, channels] = x.shape as [number, number, number, number];
  const out = matMul(weights, reshape(x, [count, from, across * channels]), transposed);
  return reshape(out, [count, out.shape[1]!, across, channels]);
}

const alongColumns = (weights: Tensor, x: Tensor, transposed = false): Tensor =>
  turned(alongRows(weights, turned(x), transposed));

/** The derivative in the two edges: through the coordinate of each row, from what moving it changes in the crop. */
function edgeGradient({ slopes, spread }: Reading, dy: Tensor, image: Tensor): Tensor {
  const flat = (x: Tensor): Tensor => reshape(x, [x.shape[0]!, x.shape[1]!, -1]);
  const byPlace = sum(mul(matMul(flat(dy), flat(image), false, true), slopes), [2]);
  return matMul(byPlace, spread, false, true);
}

/**
 * Crops: each box of the image is read by one matrix along its rows and one along its columns. The image's gradient
 * multiplies with their transposes, and the box's goes through the matrices.
 */
export const cropGradients = (): Gradient[] => [
  {
    kernelName: 'CropAndResize',
    inputsToSave: ['image', 'boxes', 'boxInd'],
    gradFunc(dy: Tensor, [image, boxes, boxInd]: [Tensor, Tensor, Tensor], { cropSize, method }: CropAttrs) {
      const [batch, height, width] = image.shape as [number, number, number];
      const rows = () => readAxis(boxes, 0, cropSize[0], height, method);
      const columns = () => readAxis(boxes, 1, cropSize[1], width, method);
      return {
        image: () => {
          const dBoxes = alongColumns(columns().weights, alongRows(rows().weights, dy, true), true);
          const inputs = { x: reshape(dBoxes, [dBoxes.shape[0]!, -1]), segmentIds: boxInd };
          return reshape(run('UnsortedSegmentSum', inputs, { numSegments: batch }), image.shape);
        },
        boxes: () => {
          const seen = run('GatherV2', { x: image, indices: boxInd }, { axis: 0, batchDims: 0 });
          const [y, x] = [rows(), columns()];
          const dy0 = edgeGradient(y, dy, alongColumns(x.weights, seen));
          const dx0 = edgeGradient(x, turned(dy), turned(alongRows(y.weights, seen)));
          return reshape(run('Pack', [dy0, dx0], { axis: 2 }), boxes.shape);
        },
        boxInd: () => zeros(boxInd.shape),
      };
    },
  },
];
