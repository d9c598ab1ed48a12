import { checkOptions } from '../options/checkOptions.js';
import { optionTable } from '../options/OptionTable.js';
import { Callback } from './Callback.js';

/** The hooks that {@link LambdaCallback} takes. */
export type LambdaHooks = Partial<
  Pick<
    Callback,
    | 'onTrainBegin'
    | 'onTrainEnd'
    | 'onEpochBegin'
    | 'onEpochEnd'
    | 'onTrainBatchBegin'
    | 'onTrainBatchEnd'
    | 'onTestBegin'
    | 'onTestEnd'
  >
>;

const lambdaHooks = /* @__PURE__ */ optionTable<LambdaHooks>(
  'LambdaCallback',
  {
    onEpochEnd: 'function',
    onEpochBegin: 'function',
    onTrainBegin: 'function',
    onTrainEnd: 'function',
    onTrainBatchBegin: 'function',
    onTrainBatchEnd: 'function',
    onTestBegin: 'function',
    onTestEnd: 'function',
  },
  { later: { onBatchBegin: 'it is called onTrainBatchBegin', onBatchEnd: 'it is called onTrainBatchEnd' } },
);

/**
 * A callback from plain functions. In a `function` (not an arrow), `this` is the callback with its `model`.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { LambdaCallback, Sequential, activateBackend } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import { SGD } from '@espalier/optimizers';
 *
 * await activateBackend(cpu());
 * const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
 * model.compile({ optimizer: new SGD(), loss: 'meanSquaredError' });
 * const seen: number[] = [];
 * const watch = new LambdaCallback({ onEpochEnd: (epoch) => void seen.push(epoch) });
 * await model.fit([[1]], [[5]], { epochs: 2, callbacks: [watch] });
 * if (seen.join() !== '0,1') throw new Error('called once an epoch');
 * ```
 */
export class LambdaCallback extends Callback {
  /** @throws ValueError for a hook that does not exist: it would never be called. */
  constructor(hooks: LambdaHooks = {}) {
    super();
    Object.assign(this, checkOptions(hooks, lambdaHooks));
  }
}
