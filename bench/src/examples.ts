import { type Workload, type WorkloadName, workloads } from './workloads.js';

const noise = (i: number) => (((i * 2654435761) >>> 0) % 1000) / 1000;

/** Inputs and targets from a fixed formula: every framework is fed the same numbers. */
export function examples(name: WorkloadName) {
  const { inputShape, classes, vocabulary }: Workload = workloads[name];
  const size = inputShape.reduce((product, axis) => product * axis, 1);
  const batch = inputShape[0]!;
  const value = (i: number) => (vocabulary === undefined ? noise(i) : Math.floor(noise(i) * vocabulary));
  const target = (i: number) => (classes === 1 ? i % 2 : Number(i % classes === Math.floor(i / classes) % classes));
  return {
    inputs: Float32Array.from({ length: size }, (_, i) => value(i)),
    inputShape: [...inputShape],
    targets: Float32Array.from({ length: batch * classes }, (_, i) => target(i)),
    targetShape: [batch, classes] as [number, number],
    batch,
  };
}
