import { backends } from '../backends.js';
import type { Output } from '../terminal/Output.js';

/** `espalier backends`: which backends can run here and, where one cannot, why and what to do. */
export async function listBackends(output: Output): Promise<number> {
  const { style } = output;
  for (const [i, { name, title, make }] of backends.entries()) {
    const probe = await make({}).probe();
    output.event({ event: 'backend', name, title, ...probe });
    const state = probe.available ? style.green('available') : style.red('not available');
    output.print(`${style.bold(name.padEnd(8))} ${state}${i === 0 ? ', the default' : ''}  ${style.dim(title)}`);
    if (!probe.available) output.print([`  why:  ${probe.reason}`, `  mend: ${probe.mend}`]);
  }
  return 0;
}
