/**
 * A function that gives the event loop a turn when `everyMs` have passed since the last one. Training on the CPU only
 * ever waits for microtasks; without a turn now and then no timer, signal or repaint would get through.
 */
export function breather(everyMs = 40): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < everyMs) return;
    await new Promise<void>((resolve) => {
      if (typeof setImmediate === 'function') setImmediate(resolve);
      else setTimeout(resolve, 0);
    });
    last = performance.now();
  };
}
