// What the processor can do at most: multiply-adds on registers, no memory. Compiled for the measurement alone.

import { fma4 } from '../../packages/backend-wasm/assembly/fma';

/** Multiply-adds of four floats in a turn of the loop. */
export const CHAINS: i32 = 12;

/** Runs `turns` turns on the twelve vectors at `at`. Each chain takes its factor from the next, so that none can be moved out. */
export function peak(turns: i32, at: usize): void {
  const x = v128.load(at, 192);
  let c0 = v128.load(at), c1 = v128.load(at, 16), c2 = v128.load(at, 32), c3 = v128.load(at, 48);
  let c4 = v128.load(at, 64), c5 = v128.load(at, 80), c6 = v128.load(at, 96), c7 = v128.load(at, 112);
  let c8 = v128.load(at, 128), c9 = v128.load(at, 144), c10 = v128.load(at, 160), c11 = v128.load(at, 176);
  for (let i = 0; i < turns; i++) {
    c0 = fma4(x, c1, c0);
    c1 = fma4(x, c2, c1);
    c2 = fma4(x, c3, c2);
    c3 = fma4(x, c4, c3);
    c4 = fma4(x, c5, c4);
    c5 = fma4(x, c6, c5);
    c6 = fma4(x, c7, c6);
    c7 = fma4(x, c8, c7);
    c8 = fma4(x, c9, c8);
    c9 = fma4(x, c10, c9);
    c10 = fma4(x, c11, c10);
    c11 = fma4(x, c0, c11);
  }
  v128.store(at, c0);
  v128.store(at, c1, 16);
  v128.store(at, c2, 32);
  v128.store(at, c3, 48);
  v128.store(at, c4, 64);
  v128.store(at, c5, 80);
  v128.store(at, c6, 96);
  v128.store(at, c7, 112);
  v128.store(at, c8, 128);
  v128.store(at, c9, 144);
  v128.store(at, c10, 160);
  v128.store(at, c11, 176);
}
