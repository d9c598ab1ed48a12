import { type DataId, engine, type Variable } from '@tensorflow/tfjs-core';
import { sizeFromShape } from '../generated/tfjsUtilities.js';
import type { TensorRecord } from './TensorRecord.js';
import { viewOf } from './views.js';

const MOST_NAMED = 5;
/** Where core's parameters mark their variables. */
const OWNER = Symbol.for('espalier.parameter');

interface Group {
  readonly text: string;
  readonly bytes: number;
  count: number;
}

/** The path of the parameter, where it is one's; tfjs-core numbers variables without a name. */
function nameOf(variable: Variable & { readonly [OWNER]?: { readonly path: string } }): string {
  return variable[OWNER]?.path || (/^\d+$/.test(variable.name) ? 'a variable,' : variable.name);
}

/**
 * The tensors that are alive, in words: how many, their bytes, and those that hold the most. Variables have their names;
 * of others those that are alike are counted, since tensors that nobody disposes of mostly are.
 */
export function describeTensors(tensors: Iterable<readonly [DataId, TensorRecord]>): string {
  const names = new Map(
    Object.values(engine().registeredVariables).map((variable) => [variable.dataId, nameOf(variable)]),
  );
  const groups = new Map<string, Group>();
  let [count, total] = [0, 0];
  for (const [dataId, { dtype, shape, memoryOffset }] of tensors) {
    const bytes = memoryOffset === null ? 0 : sizeFromShape(shape) * viewOf(dtype).BYTES_PER_ELEMENT;
    const name = names.get(dataId);
    const text = `${name === undefined ? '' : `${name} `}${dtype} [${shape}]`;
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { text, bytes, count: 1 });
    else group.count++;
    count++;
    total += bytes;
  }
  const top = [...groups.values()].sort((a, b) => b.count * b.bytes - a.count * a.bytes).slice(0, MOST_NAMED);
  const list = top.map(({ text, bytes, count: alike }) =>
    alike === 1 ? `${text} (${bytes} bytes)` : `${alike} of ${text} (${bytes} bytes each)`,
  );
  return `${count} tensors alive, ${total} bytes; the largest: ${list.join(', ') || 'none'}`;
}
