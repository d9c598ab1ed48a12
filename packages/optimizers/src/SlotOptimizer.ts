import {
  type Config,
  type Optimizer,
  type OptimizerState,
  optionTable,
  type Parameter,
  type SerializedObject,
} from '@espalier/core';
import {
  dispose,
  engine,
  getBackend,
  getKernel,
  keep,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
  tidy,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { checkGradient } from './checkGradient.js';
import { checkRange } from './checkRange.js';
import { haveSameOwner, type InPlaceUpdate, ownParameter, ownValues } from './inPlace.js';
import { checkSlotShape, checkSlots, pathOf, refuseNames } from './restoreSlots.js';
import { checkSchedule, type Schedule } from './schedules/Schedule.js';

/** The option that every optimizer takes. */
export interface LearningRateOption {
  /** A number of at least 0, or a schedule. */
  readonly learningRate?: number | Schedule;
}

/** The option of {@link LearningRateOption}, as the base of the tables of optimizers. */
export const learningRateOptions = /* @__PURE__ */ optionTable<LearningRateOption>(
  'Optimizer',
  { learningRate: 'number|object' },
  {
    first: 'learningRate',
    later: {
      lr: 'it is called learningRate',
      decay: 'use a schedule, learningRate: exponentialDecay({ … })',
      name: '',
      weightDecay: 'AdamW and Lion have it',
      clipnorm: 'wrap the optimizer, clipByNorm(optimizer, { norm })',
      clipvalue: 'wrap the optimizer, clipByValue(optimizer, { value })',
      globalClipnorm: 'wrap the optimizer, clipByGlobalNorm(optimizer, { norm })',
      useEma: '',
      emaMomentum: '',
      emaOverwriteFrequency: '',
      lossScaleFactor: '',
      gradientAccumulationSteps: '',
    },
  },
);

/** What a step knows besides the tensors. */
export interface Step {
  /** The rate of this step. */
  readonly learningRate: number;
  /**
   * 1 for the first step of this parameter: a parameter that is unfrozen late, or gets no gradient in some steps, has a
   * count of its own, as in PyTorch.
   */
  readonly number: number;
  /** The parameter's path. */
  readonly path: string;
}

/** A parameter's new value and its new slots. */
export interface Updated<Slot extends string> {
  /** What the parameter becomes. */
  readonly value: Tensor;
  /** What its slots become. */
  readonly slots: Readonly<Record<Slot, Tensor>>;
}

/**
 * The base of optimizers that update each parameter by itself, from its gradient and slots of the same shape that start
 * at zero. A new optimizer names its slots and writes {@link update}, a pure function of tensors.
 *
 * @example
 * ```ts
 * import { cpu } from '@espalier/backend-cpu';
 * import { Parameter, activateBackend } from '@espalier/core';
 * import { SlotOptimizer, type Step, type Updated } from '@espalier/optimizers';
 * import { mul, sign, sub, type Tensor, tensor1d } from '@tensorflow/tfjs-core';
 *
 * class SignDescent extends SlotOptimizer {
 *   readonly className = 'SignDescent';
 *   protected readonly slotNames = [];
 *   protected update(value: Tensor, gradient: Tensor, _slots: object, step: Step): Updated<never> {
 *     return { value: sub(value, mul(sign(gradient), step.learningRate)), slots: {} };
 *   }
 * }
 *
 * await activateBackend(cpu());
 * const initializer = { className: 'Ones', getConfig: () => ({}), values: () => new Float32Array([1, 1]) };
 * const w = new Parameter({ shape: [2], initializer });
 * w.assign(new Float32Array([1, 1]));
 * new SignDescent(0.5).applyGradients(new Map([['w', tensor1d([3, -3])]]), new Map([['w', w]]));
 * if (w.value.dataSync().join() !== '0.5,1.5') throw new Error('not one step down');
 * ```
 */
export abstract class SlotOptimizer<Slot extends string = never> implements Optimizer {
  /** The name in configs; Keras's class name. */
  abstract readonly className: string;
  /** What is kept for each parameter. */
  protected abstract readonly slotNames: readonly Slot[];
  #rate: number | Schedule;
  #iterations = 0;
  readonly #slots = new Map<string, Record<Slot, Tensor>>();
  /** How many steps each parameter has made; the correction of bias goes by it. */
  readonly #steps = new Map<string, number>();
  /** The steps of parameters that none are known of. */
  #before = 0;
  /** Whether the slots came from a file and no step has shown yet that they fit. */
  #unproven = false;
  /** Whether the rate was set after the constructor: such a rate is state, and outlives a change of options. */
  #rateWasSet = false;

  constructor(learningRate: number | Schedule) {
    this.#rate =
      typeof learningRate === 'number'
        ? checkRange('learningRate', learningRate, 0)
        : checkSchedule(learningRate, `${new.target.name}, learningRate`);
  }

  /** The parameter after one step; called in a `tidy`. */
  protected abstract update(
    value: Tensor,
    gradient: Tensor,
    slots: Readonly<Record<Slot, Tensor>>,
    step: Step,
  ): Updated<Slot>;

  /**
   * The same step as {@link update} as a kernel, which is run where the backend has it, once for all parameters that
   * have made the same number of steps. A class that overrides `update` and not this is stepped by `update`.
   */
  protected inPlace?(step: Omit<Step, 'path'>): InPlaceUpdate;

  /** The constructor's options as JSON; subclasses spread this and add their own. */
  getConfig(): Config {
    return { learningRate: typeof this.#rate === 'number' ? this.#rate : this.#rate.serialize() };
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    return { className: this.className, config: this.getConfig() };
  }

  /** The class name in lower case, as Keras names optimizers. */
  get name(): string {
    return this.className.toLowerCase();
  }

  get iterations(): number {
    return this.#iterations;
  }

  get learningRate(): number {
    return typeof this.#rate === 'number' ? this.#rate : this.#rate.at(this.#iterations);
  }

  /** @throws ValueError for a negative or infinite rate. */
  set learningRate(rate: number) {
    this.#rate = checkRange(`${this.name}: learningRate`, rate, 0);
    this.#rateWasSet = true;
  }

  /**
   * One step; every parameter that has a gradient is changed.
   * @throws ValueError where a gradient has no parameter, or a schedule gives no rate; ShapeError where a gradient does
   * not have the shape of its parameter; CheckpointError where restored slots do not fit. Nothing is changed then.
   */
  applyGradients(gradients: ReadonlyMap<string, Tensor>, parameters: ReadonlyMap<string, Parameter>): void {
    for (const [path, gradient] of gradients) checkGradient(this.name, path, gradient, parameters.get(path));
    if (this.#unproven) this.#prove(gradients);
    const learningRate = checkRange(
      `${this.name}: the learning rate of step ${this.#iterations + 1}`,
      this.learningRate,
      0,
    );
    const hasKernel = haveSameOwner(this, 'update', 'inPlace');
    for (const [number, paths] of this.#byStep(gradients.keys())) {
      const step = { learningRate, number };
      const inPlace = hasKernel ? this.inPlace?.(step) : undefined;
      if (inPlace !== undefined && getKernel(inPlace.kernel, getBackend()) !== undefined) {
        this.#updateAll(paths, gradients, parameters, inPlace);
      } else {
        for (const path of paths) this.#updateOne(parameters.get(path)!, gradients.get(path)!, { ...step, path });
      }
      for (const path of paths) this.#steps.set(path, number);
    }
    this.#iterations++;
  }

  state(): OptimizerState {
    return {
      iterations: this.#iterations,
      slots: this.#named(),
      steps: Object.fromEntries(this.#steps),
      // A rate that is a number is state; a schedule's follows from the iterations.
      ...(typeof this.#rate === 'number' && {
        scalars: { learningRate: this.#rate, ...(this.#rateWasSet && { rateWasSet: 1 }) },
      }),
    };
  }

  /**
   * Goes back to a saved state. A saved rate takes the place of this optimizer's; that of a schedule only where it had
   * been set in training, by a callback say. Parameters without slots in the state start afresh.
   * @throws CheckpointError where slots are missing, unknown or of another shape; nothing is changed then. What only the
   * parameters can tell is checked by the next step.
   */
  restore(state: OptimizerState): void {
    checkSlots(this.name, this.slotNames, state.slots, this.#named());
    const copies = [...state.slots].map(([name, slot]) => [name, tidy(() => keep(slot.clone()))] as const);
    this.dispose();
    for (const [name, copy] of copies) {
      const path = pathOf(name);
      const slots = this.#slots.get(path) ?? ({} as Record<Slot, Tensor>);
      slots[name.slice(0, -path.length - 1) as Slot] = copy;
      this.#slots.set(path, slots);
    }
    this.#iterations = state.iterations;
    for (const [path, count] of Object.entries(state.steps ?? {})) this.#steps.set(path, count);
    // States of earlier versions have one count for all: for those that have slots, where there are any.
    if (state.steps === undefined) for (const path of this.#slots.keys()) this.#steps.set(path, state.iterations);
    this.#before = state.steps === undefined && this.slotNames.length === 0 ? state.iterations : 0;
    this.#unproven = copies.length > 0;
    this.#restoreRate(state);
  }

  /** Frees the slots and starts counting again; the optimizer can be used further, as if new. */
  dispose(): void {
    for (const slots of this.#slots.values()) dispose(slots);
    this.#slots.clear();
    this.#steps.clear();
    this.#before = 0;
    this.#iterations = 0;
    this.#unproven = false;
  }

  /** States of earlier versions, without counts, do not say whether the rate was set: it may have been. */
  #restoreRate({ steps, scalars: { learningRate, rateWasSet } = {} }: OptimizerState): void {
    const wasSet = rateWasSet !== undefined || steps === undefined;
    if (learningRate === undefined || (typeof this.#rate !== 'number' && !wasSet)) return;
    this.learningRate = learningRate;
    this.#rateWasSet = wasSet;
  }

  /** The paths by the number of the step that each is to make; one group, but for parameters that were frozen for a time. */
  #byStep(paths: Iterable<string>): Map<number, string[]> {
    const groups = new Map<number, string[]>();
    for (const path of paths) {
      const number = (this.#steps.get(path) ?? this.#before) + 1;
      const group = groups.get(number);
      if (group === undefined) groups.set(number, [path]);
      else group.push(path);
    }
    return groups;
  }

  #updateOne(parameter: Parameter, gradient: Tensor, step: Step): void {
    tidy(() => {
      const slots = this.#slotsOf(step.path, parameter.value);
      const updated = this.update(parameter.value, gradient, slots, step);
      parameter.assign(updated.value);
      for (const name of this.slotNames) {
        const next = updated.slots[name];
        if (slots[name] !== next) slots[name].dispose();
        slots[name] = keep(next);
      }
    });
  }

  #updateAll(
    paths: readonly string[],
    gradients: ReadonlyMap<string, Tensor>,
    parameters: ReadonlyMap<string, Parameter>,
    { kernel, attrs, factor }: InPlaceUpdate,
  ): void {
    const width = 2 + this.slotNames.length;
    const factors = factor && paths.map(factor);
    tidy(() => {
      const operands: Tensor[] = [];
      for (const path of paths) {
        const value = ownParameter(parameters.get(path)!);
        const slots = this.#slotsOf(path, value);
        operands.push(value, gradients.get(path)!);
        for (const name of this.slotNames) {
          const own = ownValues(slots[name]);
          if (own !== slots[name]) {
            slots[name].dispose();
            slots[name] = keep(own);
          }
          operands.push(own);
        }
      }
      const all = { ...attrs, width, ...(factors && { factors }) };
      engine().runKernel(kernel, operands as unknown as NamedTensorMap, all as NamedAttrMap);
    });
  }

  /** The slots of a parameter; zeros the first time. */
  #slotsOf(path: string, value: Tensor): Record<Slot, Tensor> {
    let slots = this.#slots.get(path);
    if (slots === undefined) {
      slots = {} as Record<Slot, Tensor>;
      for (const name of this.slotNames) slots[name] = keep(zerosLike(value));
      this.#slots.set(path, slots);
    }
    return slots;
  }

  /** The slots by `slot/path`. */
  #named(): Map<string, Tensor> {
    const named = new Map<string, Tensor>();
    for (const [path, slots] of this.#slots) {
      for (const name of this.slotNames) named.set(`${name}/${path}`, slots[name]);
    }
    return named;
  }

  /** Slots for other parameters and none for some of these: layers were renamed, and zeros would go unnoticed. */
  #prove(gradients: ReadonlyMap<string, Tensor>): void {
    const names = [...gradients.keys()].flatMap((path) => this.slotNames.map((slot) => `${slot}/${path}`));
    const held = this.#named();
    const missing = names.filter((name) => !held.has(name));
    const extra = [...held.keys()].filter((name) => !gradients.has(pathOf(name)));
    // Layers that were frozen or unfrozen since leave only one of the two.
    if (missing.length > 0 && extra.length > 0) refuseNames(this.name, missing, extra);
    for (const name of names) {
      const slot = held.get(name);
      if (slot !== undefined) checkSlotShape(this.name, name, slot, gradients.get(pathOf(name))!.shape);
    }
    this.#unproven = false;
  }
}
