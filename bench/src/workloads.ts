/** What is timed: one training step of each model, batch 32, Adam with learning rate 0.001. */
export const BATCH = 32;
export const LENGTH = 100;
export const VOCABULARY = 1000;

export const workloads = {
  cnn: 'CNN: Conv2D 32 3x3, MaxPooling 2, Dense 10, on 28x28',
  lstm: `LSTM: Embedding 1000x64, LSTM 64, Dense 1, length ${LENGTH}`,
  mlp: 'MLP: 784-512-512-10',
} as const;

export type Workload = keyof typeof workloads;

/** Inputs and targets from a fixed formula: every framework is fed the same numbers. */
export function examples(workload: Workload): { inputs: Float32Array; targets: Float32Array } {
  const noise = (i: number) => (((i * 2654435761) >>> 0) % 1000) / 1000;
  if (workload === 'lstm') {
    return {
      inputs: Float32Array.from({ length: BATCH * LENGTH }, (_, i) => Math.floor(noise(i) * VOCABULARY)),
      targets: Float32Array.from({ length: BATCH }, (_, i) => i % 2),
    };
  }
  return {
    inputs: Float32Array.from({ length: BATCH * 784 }, (_, i) => noise(i)),
    targets: Float32Array.from({ length: BATCH * 10 }, (_, i) => (i % 10 === Math.floor(i / 10) % 10 ? 1 : 0)),
  };
}
