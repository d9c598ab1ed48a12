import { type Tensor, Variable } from '@tensorflow/tfjs-core';
import { ValueError } from '../errors/kinds.js';
import { describeValue } from '../options/describeValue.js';
import type { Rng } from '../random/Rng.js';
import type { CallContext } from './CallContext.js';
import { Parameter } from './Parameter.js';

declare global {
  // Types for users whose `lib` is older than the symbol; the same declaration where it is there.
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
}

/** A module together with the path under which its parent holds it. */
export interface NamedModule {
  /** Empty for the root. */
  readonly path: string;
  /** The module itself. */
  readonly module: Module;
}

/** Joins path segments, leaving out empty ones. */
export function joinPath(...segments: string[]): string {
  return segments.filter((segment) => segment !== '').join('/');
}

/**
 * A tree of parameters, state and submodules, found from the object's own properties: a {@link Parameter} in the
 * property `kernel` of a module in the property `head` has the path `head/kernel`; arrays add their index. Properties
 * that are private by `#` are not seen.
 *
 * @example
 * ```ts
 * import { type CallContext, Module } from '@espalier/core';
 * import { Dense } from '@espalier/layers';
 * import type { Tensor } from '@tensorflow/tfjs-core';
 *
 * class Head extends Module {
 *   readonly hidden = new Dense({ units: 8, activation: 'relu' });
 *   readonly scores = new Dense({ units: 2 });
 *
 *   override call(x: Tensor, ctx: CallContext): Tensor {
 *     return this.scores.apply(this.hidden.apply(x, ctx), ctx);
 *   }
 * }
 * ```
 */
export abstract class Module {
  /** Set to false to freeze every parameter below. */
  trainable = true;
  /** Where this module hangs in the tree of the model that runs it; empty at the root. Errors speak of it. */
  path = '';
  /** Whether this module or one above it is frozen, as of the last time the model ran; see {@link trainable}. */
  frozen = false;

  /** The computation. Draw randomness from `ctx.rng`, ask `ctx.training`; hand `ctx` on to submodules. */
  abstract call(inputs: Tensor | Tensor[], ctx: CallContext): Tensor | Tensor[];

  /** Parameters and submodules held directly, by path segment. Containers override it to choose the segments. */
  protected members(): Iterable<readonly [string, Parameter | Module]> {
    const found: [string, Parameter | Module][] = [];
    for (const [key, value] of Object.entries(this)) collect(key, value, found);
    return found;
  }

  /** This module and all below it, parents first, each once, with their paths. */
  modules(path = ''): NamedModule[] {
    return this.#visit(path).map(({ path, module }) => ({ path, module }));
  }

  /**
   * Every parameter and state tensor below, by path from here, in the order of definition.
   * @throws ValueError where two parameters have the same path.
   */
  parameters(): Map<string, Parameter> {
    return parametersOf(this.#visit(''));
  }

  /** The parameters that an optimizer may change now: weights that are trainable in trainable modules. */
  trainableParameters(): Map<string, Parameter> {
    const visits = this.#visit('');
    const frozen = new Set<Parameter>();
    for (const { path, module } of visits) {
      if (typeof module.trainable !== 'boolean') {
        throw new ValueError({
          where: joinPath(path, 'trainable'),
          problem: 'this is neither true nor false',
          got: describeValue(module.trainable),
        });
      }
      if (!module.trainable) for (const parameter of module.parametersBelow()) frozen.add(parameter);
    }
    const trained = [...parametersOf(visits)].filter(([, p]) => p.kind === 'weight' && p.trainable && !frozen.has(p));
    return new Map(trained);
  }

  /**
   * Tells every module and parameter below where it hangs and whether it is frozen: this is the root that runs.
   * @returns What {@link parameters} does.
   */
  bind(): Map<string, Parameter> {
    const visits = this.#visit('');
    for (const { path, module, above } of visits) {
      module.path = path;
      module.frozen = !module.trainable || (above?.frozen ?? false);
    }
    const parameters = parametersOf(visits);
    for (const [path, parameter] of parameters) parameter.path = path;
    return parameters;
  }

  /** Makes the first values of every parameter that has none, each from its own stream `rng.fork(path)`. */
  initialize(rng: Rng): void {
    for (const [key, parameter] of this.parameters()) {
      const path = joinPath(this.path, key);
      if (parameter.path === '') parameter.path = path;
      parameter.initialize(rng.fork(path));
    }
  }

  /** Frees every parameter. The module can be initialised or loaded again. */
  dispose(): void {
    for (const parameter of this.parametersBelow()) parameter.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The parameters below, without touching their paths: those belong to the root that trains. */
  private parametersBelow(): Set<Parameter> {
    const found = new Set<Parameter>();
    for (const { members } of this.#visit('')) {
      for (const [, member] of members) if (member instanceof Parameter) found.add(member);
    }
    return found;
  }

  /** This module and all below it, parents first, each once. */
  #visit(path: string): Visit[] {
    const visits: Visit[] = [];
    const seen = new Set<Module>();
    const walk = (module: Module, at: string, above: Module | undefined): void => {
      if (seen.has(module)) return;
      seen.add(module);
      const members = [...module.members()];
      visits.push({ path: at, module, above, members });
      for (const [segment, member] of members) {
        if (member instanceof Module) walk(member, joinPath(at, segment), module);
      }
    };
    walk(this, path, undefined);
    return visits;
  }
}

/** A module on a walk through the tree, the one that it was reached from, and what it holds. */
interface Visit extends NamedModule {
  readonly above: Module | undefined;
  readonly members: readonly (readonly [string, Parameter | Module])[];
}

/** Adds the parameters and modules in a property to a list, by path segment. */
function collect(segment: string, value: unknown, found: [string, Parameter | Module][]): void {
  if (value instanceof Parameter || value instanceof Module) found.push([segment, value]);
  else if (value instanceof Variable) refuseVariable(segment);
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) collect(`${segment}/${i}`, item, found);
}

/** @throws ValueError always: nobody would train it, save it or free it. */
function refuseVariable(segment: string): never {
  throw new ValueError({
    where: segment,
    problem: 'a variable of tfjs is no parameter',
    mend: `write this.${segment} = this.addWeight({ shape, initializer })`,
  });
}

/** Every parameter on a walk, by path; see {@link Module.parameters}. */
function parametersOf(visits: readonly Visit[]): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  const seen = new Set<Parameter>();
  for (const { path, members } of visits) {
    for (const [segment, member] of members) {
      if (!(member instanceof Parameter) || seen.has(member)) continue;
      seen.add(member);
      const at = joinPath(path, segment);
      if (found.has(at)) {
        throw new ValueError({
          where: at,
          problem: 'two parameters have the same path',
          mend: 'give the layers different names',
        });
      }
      found.set(at, member);
    }
  }
  return found;
}
