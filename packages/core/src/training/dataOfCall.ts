import type { Dataset } from '../data/Dataset.js';
import { datasetFrom, type Examples, type ExamplesList } from '../data/datasetFrom.js';
import { ValueError } from '../errors/kinds.js';
import { checkOptions } from '../options/checkOptions.js';
import { describeValue, isClass } from '../options/describeValue.js';
import type { OptionTable } from '../options/OptionTable.js';
import { requireMethod } from '../options/requireMethod.js';
import type { ValidationData } from './options.js';

type Common = { readonly sampleWeight?: Examples; readonly signal?: AbortSignal };

/** Whether it gives batches, rather than being examples. */
export function isDataset(x: unknown): x is Dataset {
  return typeof (x as Dataset | null | undefined)?.batches === 'function' && !isClass(x);
}

/** The options of `fit` and `evaluate`, which stand behind the data: `(dataset, options)` or `(x, y, options)`. */
export function optionsOfCall<O extends Common>(x: unknown, y: unknown, rest: O | undefined, table: OptionTable<O>): O {
  const where = table.owner;
  if (x === undefined || x === null) {
    throw new ValueError({
      where,
      problem: 'there is no data',
      got: describeValue(x),
      mend: `write ${where}(x, y, options) or ${where}(dataset, options)`,
    });
  }
  if (isDataset(x)) {
    const brings = 'a data set brings its targets itself';
    const isOptions = typeof y === 'object' && y !== null && !Array.isArray(y) && !ArrayBuffer.isView(y);
    if (y !== undefined && (!isOptions || rest !== undefined)) {
      throw new ValueError({ where, problem: brings, got: describeValue(y), mend: `write ${where}(dataset, options)` });
    }
    return signalChecked(checkOptions((y ?? rest) as O | undefined, table), where);
  }
  const checked = signalChecked(checkOptions(rest, table), where);
  const isOptions =
    y !== null && typeof y === 'object' && Object.keys(y).some((key) => Object.hasOwn(table.kinds, key));
  if (y === undefined || y === null || (isOptions && !('shape' in y))) {
    throw new ValueError({
      where: `${where}, y`,
      problem: 'there are no targets',
      got: isOptions ? `options in their place: ${describeValue(y)}` : describeValue(y),
      mend: `write ${where}(x, y, options); what only has inputs cannot be learned from`,
    });
  }
  return checked;
}

/** Examples as a data set. */
export async function dataOfCall(
  where: string,
  x: Dataset | ExamplesList,
  y: unknown,
  sampleWeight: Examples | undefined,
): Promise<Dataset> {
  if (!isDataset(x)) return datasetFrom(x, y as ExamplesList, sampleWeight);
  if (sampleWeight === undefined) return x;
  throw new ValueError({
    where: `${where}, sampleWeight`,
    problem: 'a data set brings the weights of its examples itself',
    mend: 'make the data set with sampleWeight',
  });
}

/** What `validationData` stands for. */
export async function validationSet(data: ValidationData | undefined): Promise<Dataset | undefined> {
  if (data === undefined || isDataset(data)) return data;
  if (!Array.isArray(data) || data.length < 2 || data.length > 3) {
    throw new ValueError({
      where: 'fit, validationData',
      problem: 'this is no data to validate on',
      expected: 'a data set, [x, y] or [x, y, sampleWeight]',
      got: describeValue(data),
    });
  }
  const [x, y, sampleWeight] = data as readonly [ExamplesList, ExamplesList, Examples?];
  return datasetFrom(x, y, sampleWeight);
}

function signalChecked<O extends Common>(options: O, where: string): O {
  if (options.signal !== undefined) checkSignal(options.signal, where);
  return options;
}

/** @throws ValueError for what cannot stop a run, such as the controller itself. */
export function checkSignal(signal: AbortSignal, where: string): void {
  requireMethod(
    signal,
    'throwIfAborted',
    `${where}, signal`,
    'an AbortSignal',
    'pass the signal of an AbortController: controller.signal',
  );
}
