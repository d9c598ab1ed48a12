import type { Config, Optimizer, OptimizerState, Parameter, SerializedObject } from '@espalier/core';
import { type Tensor, tidy } from '@tensorflow/tfjs-core';
import { checkOptimizer } from './withOptimizer.js';

/**
 * An optimizer that changes the gradients and hands them to another. Its rate, iterations and state are the inner one's,
 * so a checkpoint fits with and without the transform. A new one writes {@link transform}.
 */
export abstract class GradientTransform implements Optimizer {
  /** The name in configs. */
  abstract readonly className: string;

  /** @param optimizer What the changed gradients go to; disposed of with the transform. */
  constructor(readonly optimizer: Optimizer) {
    checkOptimizer(optimizer, new.target.name);
  }

  /** The gradients that the inner optimizer is to see, under the same paths; called in a `tidy`. */
  protected abstract transform(gradients: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor>;

  applyGradients(gradients: ReadonlyMap<string, Tensor>, parameters: ReadonlyMap<string, Parameter>): void {
    tidy(() => this.optimizer.applyGradients(this.transform(gradients), parameters));
  }

  /** The name of the optimizer inside. */
  get name(): string {
    return this.optimizer.name;
  }

  get iterations(): number {
    return this.optimizer.iterations;
  }

  get learningRate(): number {
    return this.optimizer.learningRate;
  }

  set learningRate(rate: number) {
    this.optimizer.learningRate = rate;
  }

  state(): OptimizerState {
    return this.optimizer.state();
  }

  restore(state: OptimizerState): void {
    this.optimizer.restore(state);
  }

  /** The constructor's options as JSON; subclasses spread this and add their own. */
  getConfig(): Config {
    return { optimizer: this.optimizer.serialize() };
  }

  /** Class name and options as JSON, to make it again. */
  serialize(): SerializedObject {
    return { className: this.className, config: this.getConfig() };
  }

  dispose(): void {
    this.optimizer.dispose();
  }
}

/** A map with the same keys. */
export function mapTensors(
  tensors: ReadonlyMap<string, Tensor>,
  change: (tensor: Tensor) => Tensor,
): Map<string, Tensor> {
  return new Map([...tensors].map(([path, tensor]) => [path, change(tensor)]));
}
