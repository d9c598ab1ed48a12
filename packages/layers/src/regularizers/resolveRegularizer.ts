import type { Regularizer, SerializedObject } from '@espalier/core';
import { asSerialized, lookUp, nameOfClass } from '../options/lookUp.js';
import { L1 } from './L1.js';
import { L1L2 } from './L1L2.js';
import { L2 } from './L2.js';

// L1L2 has no name: with its defaults, both 0, it would do nothing.
const named = { l1: L1, l2: L2 };
const classes = { ...named, l1L2: L1L2 };

/** The regularizers that go by a name, each with its default strength. */
export type RegularizerName = keyof typeof named;

/** What a `…Regularizer` option takes: a name, an object, an object's config, or null for none. */
export type RegularizerLike = RegularizerName | Regularizer | SerializedObject | null;

/**
 * The regularizer that an option stands for.
 * @throws ValueError for an unknown name or class, with the nearest known ones.
 */
export function resolveRegularizer(regularizer: RegularizerLike | undefined, where: string): Regularizer | undefined {
  if (regularizer === undefined || regularizer === null) return undefined;
  if (typeof regularizer === 'string') return new (lookUp(named, regularizer, 'regularizer', where))();
  if (typeof (regularizer as Regularizer).penalty === 'function') return regularizer as Regularizer;
  const { className, config } = asSerialized(regularizer, 'regularizer', where);
  return new (lookUp<new (options: object) => Regularizer>(classes, nameOfClass(className), 'regularizer', where))(
    config,
  );
}
