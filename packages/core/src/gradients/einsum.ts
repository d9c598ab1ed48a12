import type { Tensor } from '@tensorflow/tfjs-core';
import type { Gradient } from './Gradient.js';
import { clone, reshape, run, tile } from './kernels.js';

/**
 * The gradient of one operand: dy times all other operands, summed down to the operand's labels. Labels that stand in
 * this operand alone were summed over, so the result is repeated along them.
 */
function operandGradient(dy: Tensor, operands: Tensor[], terms: string[], output: string, i: number): Tensor {
  const others = terms.map((_, j) => j).filter((j) => j !== i);
  const labels = [output, ...others.map((j) => terms[j]!)];
  const term = [...terms[i]!];
  const known = (label: string): boolean => labels.some((other) => other.includes(label));
  const wanted = term.filter(known).join('');
  const equation = `${labels.join(',')}->${wanted}`;
  const grad =
    equation === `${wanted}->${wanted}`
      ? clone(dy)
      : run('Einsum', [dy, ...others.map((j) => operands[j]!)], { equation });
  if (wanted.length === term.length) return grad;
  const { shape } = operands[i]!;
  return tile(
    reshape(
      grad,
      term.map((label, axis) => (known(label) ? shape[axis]! : 1)),
    ),
    term.map((label, axis) => (known(label) ? 1 : shape[axis]!)),
  );
}

/** Sums of products over named axes. */
export const einsum = (): Gradient[] => [
  {
    kernelName: 'Einsum',
    saveAllInputs: true,
    gradFunc(dy: Tensor, operands: Tensor[], { equation }: { equation: string }) {
      const [inputs, output] = equation.replace(/\s/g, '').split('->') as [string, string];
      const terms = inputs.split(',');
      return Object.fromEntries(terms.map((_, i) => [i, () => operandGradient(dy, operands, terms, output, i)]));
    },
  },
];
