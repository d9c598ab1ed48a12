import { ShapeError, ValueError } from '@espalier/core';
import { Einsum, type EinsumAttrs, type TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmEngine } from '../../engine/WasmEngine.js';
import { sizeFromShape } from '../../generated/tfjsUtilities.js';
import { callKernel, defineKernel } from '../defineKernel.js';
import { reduceOver } from '../reductions/reduceOver.js';
import { transpose } from '../shaping/Transpose.js';
import { matMul } from './matMul.js';

/** A tensor whose axes have names. `own` if it was made on the way, and is to be disposed of. */
interface Term {
  readonly labels: readonly string[];
  readonly info: TensorInfo;
  readonly own: boolean;
}

function drop(engine: WasmEngine, { own, info }: Term): void {
  if (own) engine.disposeData(info.dataId);
}

/** Terms and result of an equation such as 'bij,bjk->bik'. */
function parse(equation: string, count: number): { terms: string[][]; output: string[] } {
  const match = /^([a-zA-Z]*(?:,[a-zA-Z]*)*)->([a-zA-Z]*)$/.exec(equation.replace(/\s/g, ''));
  const terms = (match?.[1] ?? '').split(',').map((term) => [...term]);
  const output = [...(match?.[2] ?? '')];
  const fine =
    match !== null &&
    terms.length === count &&
    [...terms, output].every((term) => new Set(term).size === term.length) &&
    output.every((label) => terms.some((term) => term.includes(label)));
  if (!fine) {
    throw new ValueError({
      where: Einsum,
      problem: 'the equation cannot be used',
      expected: `${count} terms of letters and '->', no letter twice in a term, the letters of the result among theirs`,
      got: `'${equation}'`,
    });
  }
  return { terms, output };
}

/** Every label has one size. */
function sizesOf(terms: readonly Term[], equation: string): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const { labels, info } of terms) {
    for (const [axis, label] of labels.entries()) {
      const size = info.shape[axis] as number;
      if (labels.length !== info.shape.length || (sizes.get(label) ?? size) !== size) {
        throw new ShapeError({
          where: Einsum,
          problem: 'the operands do not fit the equation',
          expected: `one axis a letter of '${equation}', and one size a letter`,
          got: terms.map((term) => `[${term.info.shape}]`).join(', '),
        });
      }
      sizes.set(label, size);
    }
  }
  return sizes;
}

/** The term summed over the labels that nobody else wants. */
function summed(engine: WasmEngine, term: Term, wanted: (label: string) => boolean): Term {
  const axes = term.labels.flatMap((label, axis) => (wanted(label) ? [] : [axis]));
  if (axes.length === 0) return term;
  const info = reduceOver(engine, 'sum', term.info, axes, false);
  drop(engine, term);
  return { labels: term.labels.filter(wanted), info, own: true };
}

/** The term with its axes in another order. */
function ordered(engine: WasmEngine, term: Term, labels: readonly string[]): Term {
  const perm = labels.map((label) => term.labels.indexOf(label));
  if (perm.every((from, to) => from === to)) return term;
  const info = callKernel(transpose, engine, { x: term.info }, { perm });
  drop(engine, term);
  return { labels, info, own: true };
}

/** The sum of the products of two terms, as one batched product of matrices. */
function contract(
  engine: WasmEngine,
  a: Term,
  b: Term,
  wanted: (label: string) => boolean,
  sizes: Map<string, number>,
): Term {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter(wanted);
  const inner = shared.filter((label) => !wanted(label));
  const [rows, columns] = [a, b].map((term) => term.labels.filter((label) => !shared.includes(label))) as [
    string[],
    string[],
  ];
  const startsWith = (term: Term, labels: readonly string[]): boolean =>
    labels.every((label, i) => term.labels[i] === label);
  // The product takes a transposed operand as it is: an order that needs no moving is preferred.
  const flipA = startsWith(a, [...batch, ...inner]) && !startsWith(a, [...batch, ...rows]);
  const flipB = startsWith(b, [...batch, ...columns]) && !startsWith(b, [...batch, ...inner]);
  const left = ordered(engine, a, [...batch, ...(flipA ? [...inner, ...rows] : [...rows, ...inner])]);
  const right = ordered(engine, b, [...batch, ...(flipB ? [...columns, ...inner] : [...inner, ...columns])]);
  const count = (labels: readonly string[]): number => sizeFromShape(labels.map((label) => sizes.get(label) as number));
  const [n, m, k, columnCount] = [count(batch), count(rows), count(inner), count(columns)] as const;
  const product = matMul(
    Einsum,
    engine,
    { ...left.info, shape: [n, ...(flipA ? [k, m] : [m, k])] },
    { ...right.info, shape: [n, ...(flipB ? [columnCount, k] : [k, columnCount])] },
    flipA,
    flipB,
  );
  drop(engine, left);
  drop(engine, right);
  const labels = [...batch, ...rows, ...columns];
  return { labels, info: { ...product, shape: labels.map((label) => sizes.get(label) as number) }, own: true };
}

/** Sums of products over named axes: from left to right, each step a batched product of matrices. */
export const einsum = /* @__PURE__ */ defineKernel<TensorInfo[], EinsumAttrs>(
  Einsum,
  ({ inputs, attrs: { equation }, engine }) => {
    const infos = Object.values(inputs) as TensorInfo[];
    const { terms, output } = parse(equation, infos.length);
    const operands = terms.map((labels, i): Term => ({ labels, info: infos[i] as TensorInfo, own: false }));
    const sizes = sizesOf(operands, equation);
    const needed = (label: string, others: readonly (readonly string[])[]): boolean =>
      output.includes(label) || others.some((term) => term.includes(label));
    const [first, ...rest] = operands.map((term, i) =>
      summed(engine, term, (label) => needed(label, terms.toSpliced(i, 1))),
    );
    let result = first as Term;
    for (const [i, term] of rest.entries()) {
      result = contract(engine, result, term, (label) => needed(label, terms.slice(i + 2)), sizes);
    }
    const done = ordered(engine, result, output);
    if (!done.own) engine.incRef(done.info.dataId);
    const { dataId, shape, dtype } = done.info;
    return { dataId, shape, dtype };
  },
);
