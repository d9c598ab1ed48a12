import { ValueError } from '../errors/kinds.js';
import type { Layer } from '../layer/Layer.js';
import { type InputOptions, input, type SymbolicTensor } from '../layer/SymbolicTensor.js';
import type { Config } from '../module/Parameter.js';
import { isRecord } from '../options/checkSerialized.js';
import { describeValue } from '../options/describeValue.js';
import type { ModelOutput } from '../training/options.js';
import { Functional } from './Functional.js';
import type { Model, ModelOptions } from './Model.js';

/**
 * A functional model from its config; `make` makes the layers.
 * @throws ValueError for a damaged config, with the place.
 */
export function functionalFromConfig(
  config: Config,
  make: (inner: unknown, at: string) => Layer,
  where: string,
): Model<ModelOutput> {
  const { inputs, layers, calls, outputs, single, inputShape: _, ...options } = config;
  const refuse = (at: string, problem: string, got: unknown): never => {
    throw new ValueError({ where: `${where}, ${at}`, problem, got: describeValue(got) });
  };
  const listOf = (value: unknown, at: string): readonly unknown[] =>
    Array.isArray(value) ? value : refuse(at, 'this is no list', value);

  const fed = listOf(inputs, 'inputs').map((one, i) => {
    const { name, ...rest } = isRecord(one) ? one : refuse(`inputs[${i}]`, 'this is no input', one);
    return input((name === null || name === undefined ? rest : { ...rest, name }) as unknown as InputOptions);
  });
  const made = new Map<unknown, Layer>();
  for (const [name, layer] of Object.entries(isRecord(layers) ? layers : refuse('layers', 'there are none', layers))) {
    made.set(name, make(layer, `layers.${name}`));
  }
  const results: (readonly SymbolicTensor[])[] = [];
  const find = (reference: unknown, at: string): SymbolicTensor => {
    const [call, index] = listOf(reference, at);
    const found = (call === 'input' ? fed : results[call as number])?.[index as number];
    return found ?? refuse(at, 'there is no such tensor before it', `${call}, ${index}`);
  };
  for (const [i, one] of listOf(calls, 'calls').entries()) {
    const call = isRecord(one) ? one : refuse(`calls[${i}]`, 'this is no call', one);
    const layer = made.get(call.layer) ?? refuse(`calls[${i}]`, 'there is no such layer', call.layer);
    const fedTo = listOf(call.inputs, `calls[${i}].inputs`).map((one, k) => find(one, `calls[${i}].inputs[${k}]`));
    if (fedTo.length === 0) refuse(`calls[${i}].inputs`, 'there are none', call.inputs);
    results.push([layer.applySymbolic(fedTo.length === 1 ? fedTo[0]! : fedTo)].flat());
  }
  const out = single
    ? find(outputs, 'outputs')
    : listOf(outputs, 'outputs').map((one, i) => find(one, `outputs[${i}]`));
  return new Functional({ ...(options as ModelOptions), inputs: fed, outputs: out }) as never;
}
