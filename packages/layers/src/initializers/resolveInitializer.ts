import type { Initializer, SerializedObject } from '@espalier/core';
import { asSerialized, lookUp, nameOfClass } from '../options/lookUp.js';
import { Constant } from './Constant.js';
import { GlorotNormal } from './GlorotNormal.js';
import { GlorotUniform } from './GlorotUniform.js';
import { HeNormal } from './HeNormal.js';
import { HeUniform } from './HeUniform.js';
import { Identity } from './Identity.js';
import { LecunNormal } from './LecunNormal.js';
import { LecunUniform } from './LecunUniform.js';
import { Ones } from './Ones.js';
import { Orthogonal } from './Orthogonal.js';
import { RandomNormal } from './RandomNormal.js';
import { RandomUniform } from './RandomUniform.js';
import { TruncatedNormal } from './TruncatedNormal.js';
import { VarianceScaling } from './VarianceScaling.js';
import { Zeros } from './Zeros.js';

const classes = {
  constant: Constant,
  glorotNormal: GlorotNormal,
  glorotUniform: GlorotUniform,
  heNormal: HeNormal,
  heUniform: HeUniform,
  identity: Identity,
  lecunNormal: LecunNormal,
  lecunUniform: LecunUniform,
  ones: Ones,
  orthogonal: Orthogonal,
  randomNormal: RandomNormal,
  randomUniform: RandomUniform,
  truncatedNormal: TruncatedNormal,
  varianceScaling: VarianceScaling,
  zeros: Zeros,
};

/** The initializers that go by a name, each with its default options. */
export type InitializerName = keyof typeof classes;

/** What an `…Initializer` option takes: a name, an object, or an object's config. */
export type InitializerLike = InitializerName | Initializer | SerializedObject;

/**
 * The initializer that an option stands for.
 * @throws ValueError for an unknown name or class, with the nearest known ones.
 */
export function resolveInitializer(initializer: InitializerLike, where: string): Initializer {
  const isName = typeof initializer === 'string';
  const { values, getConfig } = (initializer ?? {}) as Partial<Initializer>;
  // Lists and maps have values too.
  if (typeof values === 'function' && typeof getConfig === 'function') return initializer as Initializer;
  const { className, config } = isName
    ? { className: initializer, config: {} }
    : asSerialized(initializer, 'initializer', where);
  const name = isName ? className : nameOfClass(className);
  return new (lookUp<new (options: object) => Initializer>(classes, name, 'initializer', where))(config);
}
