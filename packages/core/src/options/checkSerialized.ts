import { ValueError } from '../errors/kinds.js';
import type { SerializedObject } from '../module/Parameter.js';
import { describeValue } from './describeValue.js';

/** No network is nested deeper; what is would end in a stack that overflows. */
const DEEPEST = 100;

/**
 * Refuses what is not a class name with its config, before anything is made of it: it often comes from a file.
 *
 * @param depth How many objects it stands in.
 * @throws ValueError naming `where`.
 */
export function checkSerialized(value: unknown, where: string, depth = 0): SerializedObject {
  const refuse = (problem: string, got: string): never => {
    throw new ValueError({ where, problem, expected: "{ className: 'Dense', config: { units: 3 } }", got });
  };
  if (!isRecord(value)) return refuse('this is no serialized object', describeValue(value));
  const { className, config } = value;
  if (typeof className !== 'string') refuse('it has no className', describeValue(className));
  if (!isRecord(config)) refuse('it has no config', describeValue(config));
  if (depth > DEEPEST) refuse('it is nested too deeply', `${depth} objects in each other`);
  return value as unknown as SerializedObject;
}

/** Whether a value is an object that can be read by name, as JSON has them. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
