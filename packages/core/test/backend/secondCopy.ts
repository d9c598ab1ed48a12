// Run in a process of its own: another copy of tfjs-core is loaded first, so that the engine belongs to it.
import { createRequire } from 'node:module';

createRequire(import.meta.url)(process.argv[2]!);
const { activateBackend } = await import('@espalier/core');
const { cpu } = await import('@espalier/backend-cpu');
await activateBackend(cpu());
