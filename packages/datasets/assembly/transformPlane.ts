import { BLOCKS_ACROSS, BLOCKS_DOWN, component, DATA, DIVISORS, STRIDE } from './layout';
import { flatBlock, transformBlock } from './transform';

/**
 * Turns the coefficients of a component into its samples, in place: samples take half the memory, so a row of blocks goes
 * through `row`, which holds one, to where the coefficients of earlier rows were.
 */
export function transformPlane(index: i32, row: usize): void {
  const record = component(index);
  const stride = load<usize>(record + STRIDE);
  const across = load<usize>(record + BLOCKS_ACROSS);
  const down = load<usize>(record + BLOCKS_DOWN);
  const data = load<usize>(record + DATA);
  const divisors = load<usize>(record + DIVISORS);
  for (let y: usize = 0; y < down; y++) {
    for (let x: usize = 0; x < across; x++) {
      const block = data + 128 * (y * stride + x);
      if (isFlat(block)) flatBlock(<i32>load<i16>(block), divisors, row + 8 * x, 8 * stride);
      else transformBlock(block, divisors, row + 8 * x, 8 * stride);
    }
    memory.copy(data + 64 * y * stride, row, 64 * stride);
  }
}

@inline function isFlat(block: usize): bool {
  let rest = load<u64>(block) & ~0xffff;
  for (let i: usize = 8; i < 128; i += 8) rest |= load<u64>(block + i);
  return rest == 0;
}
