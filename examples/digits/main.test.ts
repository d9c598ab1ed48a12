import { memory } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { trainDigits } from './main.js';

it('recognises digits after two short epochs, and leaves no tensor behind', async () => {
  const lines: unknown[] = [];
  const accuracy = await trainDigits(4000, 2, (...line: unknown[]) => void lines.push(...line));
  expect(accuracy).toBeGreaterThan(0.85);
  expect(lines.filter((line) => String(line).startsWith('epoch'))).toHaveLength(2);
  expect(memory().numTensors).toBe(0);
});
