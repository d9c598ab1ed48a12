import {
  type Config,
  type Optimizer,
  type OptimizerState,
  optionTable,
  type Parameter,
  type SerializedObject,
  ValueError,
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
  /** 1 for the first step. */
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
  /** Whether the slots came from a file and no step has shown yet that they fit. */
  #unproven = false;

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
   * The same step as {@link update} as a kernel, which is run where the backend has it. A class that overrides `update`
   * and not this is stepped by `update`.
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
  }

  /**
   * One step; every parameter that has a gradient is changed.
   * @throws ValueError where a gradient has no parameter; CheckpointError where restored slots do not fit.
   */
  applyGradients(gradients: ReadonlyMap<string, Tensor>, parameters: ReadonlyMap<string, Parameter>): void {
    if (this.#unproven) this.#prove(gradients);
    const step = { learningRate: this.learningRate, number: this.#iterations + 1 };
    for (const path of gradients.keys()) {
      if (!parameters.has(path)) {
        throw new ValueError({ where: path, problem: `${this.name} was given a gradient without its parameter` });
      }
    }
    const inPlace = haveSameOwner(this, 'update', 'inPlace') ? this.inPlace?.(step) : undefined;
    if (inPlace !== undefined && getKernel(inPlace.kernel, getBackend()) !== undefined) {
      this.#updateAll(gradients, parameters, inPlace);
    } else {
      for (const [path, gradient] of gradients) this.#updateOne(parameters.get(path)!, gradient, { ...step, path });
    }
    this.#iterations++;
  }

  state(): OptimizerState {
    const slots = this.#named();
    const iterations = this.#iterations;
    // A rate that was set by hand is state; a schedule's follows from the iterations.
    return typeof this.#rate === 'number'
      ? { iterations, slots, scalars: { learningRate: this.#rate } }
      : { iterations, slots };
  }

  /**
   * Goes back to a saved state.
   * @throws CheckpointError where slots are missing, unknown or of another shape; nothing is changed then. What only the
   * parameters can tell is checked by the next step.
   */
  restore(state: OptimizerState): void {
    checkSlots(this.name, this.slotNames, state.slots, this.#named());
    const learningRate = state.scalars?.learningRate;
    if (learningRate !== undefined) this.learningRate = learningRate;
    const copies = [...state.slots].map(([name, slot]) => [name, tidy(() => keep(slot.clone()))] as const);
    this.dispose();
    for (const [name, copy] of copies) {
      const path = pathOf(name);
      const slots = this.#slots.get(path) ?? ({} as Record<Slot, Tensor>);
      slots[name.slice(0, -path.length - 1) as Slot] = copy;
      this.#slots.set(path, slots);
    }
    this.#iterations = state.iterations;
    this.#unproven = copies.length > 0;
  }

  /** Frees the slots and starts counting again; the optimizer can be used further, as if new. */
  dispose(): void {
    for (const slots of this.#slots.values()) dispose(slots);
    this.#slots.clear();
    this.#iterations = 0;
    this.#unproven = false;
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
    gradients: ReadonlyMap<string, Tensor>,
    parameters: ReadonlyMap<string, Parameter>,
    { kernel, attrs, factor }: InPlaceUpdate,
  ): void {
    const width = 2 + this.slotNames.length;
    const factors = factor && [...gradients.keys()].map(factor);
    tidy(() => {
      const operands: Tensor[] = [];
      for (const [path, gradient] of gradients) {
        const value = ownParameter(parameters.get(path)!);
        const slots = this.#slotsOf(path, value);
        operands.push(value, gradient);
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
