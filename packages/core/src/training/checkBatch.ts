import { Tensor } from '@tensorflow/tfjs-core';
import type { Batch } from '../data/Dataset.js';
import { ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { describeValue } from '../options/describeValue.js';
import { optionTable } from '../options/OptionTable.js';
import { list } from './Objective.js';
import { requireCount } from './requireCount.js';

const batchOptions = /* @__PURE__ */ optionTable<Batch>(
  'trainStep',
  { inputs: 'object|list!', targets: 'object|list!', sampleWeight: 'object', size: 'integer!', indices: 'list' },
  { later: { x: 'it is called inputs', y: 'it is called targets' } },
);

/** @throws ValueError unless it is a batch of tensors with targets. */
export function checkBatch(batch: Batch): void {
  const { inputs, targets, sampleWeight, size } = checkOptions(batch, batchOptions);
  requireCount('trainStep, size', size);
  for (const [name, values] of Object.entries({ inputs, targets, sampleWeight })) {
    const wrong = list(values).find((tensor) => !(tensor instanceof Tensor));
    if (wrong === undefined) continue;
    throw new ValueError({
      where: `trainStep, ${name}`,
      problem: 'a batch is made of tensors',
      got: describeValue(wrong),
      mend: 'make tensors of lists, or call fit, which does',
    });
  }
}
