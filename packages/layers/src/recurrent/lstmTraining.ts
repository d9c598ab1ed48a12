import {
  add,
  concat,
  customGrad,
  type GradSaveFunc,
  matMul,
  mul,
  reshape,
  sigmoid,
  split,
  square,
  sub,
  type Tensor,
  type Tensor2D,
  tanh,
  tidy,
  transpose,
  unstack,
} from '@tensorflow/tfjs-core';
import { lstmSteps } from './lstmSteps.js';

/** What {@link lstmTraining} runs over; the fields are those of `lstmSteps`. */
export interface LstmTrainingInput {
  /** `[time, batch, 4 · units]` */
  readonly projected: Tensor;
  readonly recurrentKernel: Tensor2D;
  /** `[time, batch, 1]` */
  readonly mask: Tensor | undefined;
  readonly returnSequences: boolean;
}

/**
 * The standard LSTM (tanh and sigmoid) with its gradient written out, as one entry on the tape. All that does not
 * depend on the step before is done for all steps at once: the slopes of the activations, and the gradient of the
 * recurrent kernel, which is one product instead of one product and one sum a step.
 *
 * Gives `[time, batch, units]`, or the last step's `[batch, units]`.
 */
export function lstmTraining({ projected, recurrentKernel, mask, returnSequences }: LstmTrainingInput): Tensor {
  const [time = 0, batch = 0] = projected.shape;
  const [units = 0] = recurrentKernel.shape;
  const run = customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const [x, kernel, save] = args as [Tensor, Tensor2D, GradSaveFunc];
    const trace = lstmSteps({
      projected: unstack(x),
      recurrentKernel: kernel,
      mask: mask && unstack(mask),
      activation: tanh,
      recurrentActivation: sigmoid,
    });
    const rows = (steps: readonly Tensor[]) => concat([...steps], 0);
    save([
      kernel,
      rows(trace.gates),
      rows(trace.candidates),
      rows(trace.outputs),
      rows(trace.cells.slice(0, -1)),
      rows(trace.hidden.slice(0, -1)),
      ...(mask === undefined ? [] : [mask]),
    ]);
    const value = returnSequences
      ? reshape(rows(trace.hidden.slice(1)), [time, batch, units])
      : trace.hidden.at(-1)!.clone();
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved, time) };
  });
  return run(projected, recurrentKernel);
}

/** Back through time. What was saved of the states is `[time · batch, …]`, step by step. */
function backward(dy: Tensor, saved: Tensor[], time: number): Tensor[] {
  return tidy(() => {
    const [kernel, gates, candidates, outputs, cells, hidden, mask] = saved as [Tensor2D, ...Tensor[]];
    const [i, f, o] = split(gates!, 3, 1) as [Tensor, Tensor, Tensor];
    const ofSigmoid = (s: Tensor) => mul(s, sub(1, s));
    const ofTanh = (t: Tensor) => sub(1, square(t));
    // d z = (d cell, d cell, d hidden, d cell) · slopes, for the gates i, f, o and the candidate.
    const slopes = split(
      concat(
        [
          mul(ofSigmoid(i), candidates!),
          mul(ofSigmoid(f), cells!),
          mul(ofSigmoid(o), outputs!),
          mul(ofTanh(candidates!), i),
        ],
        1,
      ),
      time,
    );
    const cellSlopes = split(mul(ofTanh(outputs!), o), time);
    const forget = split(f, time);
    const counting = mask && unstack(mask);
    const transposed = transpose(kernel) as Tensor2D;
    const dySteps = dy.shape.length === 3 ? unstack(dy) : undefined;

    const dz: Tensor[] = new Array(time);
    let dHidden = dySteps === undefined ? dy : dySteps[time - 1]!;
    let dCell: Tensor | undefined;
    for (let t = time - 1; t >= 0; t--) {
      const counts = counting?.[t];
      const dHiddenNew = counts === undefined ? dHidden : mul(dHidden, counts);
      const dCellNew = counts === undefined || dCell === undefined ? dCell : mul(dCell, counts);
      const byOutput = mul(dHiddenNew, cellSlopes[t]!);
      const dc = dCellNew === undefined ? byOutput : add(dCellNew, byOutput);
      dz[t] = mul(concat([dc, dc, dHiddenNew, dc], 1), slopes[t]!);
      if (t === 0) break;
      // What the mask held back goes to the state before, unchanged.
      const heldCell = dCellNew === undefined || counts === undefined ? undefined : sub(dCell!, dCellNew);
      const heldHidden = counts === undefined ? undefined : sub(dHidden, dHiddenNew);
      dCell = plus(mul(dc, forget[t]!), heldCell);
      dHidden = plus(plus(matMul(dz[t] as Tensor2D, transposed), heldHidden), dySteps?.[t - 1]);
    }
    const rows = concat(dz, 0) as Tensor2D;
    const dKernel = matMul(hidden as Tensor2D, rows, true, false);
    return [reshape(rows, [time, -1, rows.shape[1]]), dKernel];
  });
}

function plus(a: Tensor, b: Tensor | undefined): Tensor {
  return b === undefined ? a : add(a, b);
}
