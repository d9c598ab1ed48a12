// `npm run docs`: install, build, then the documentation site, API pages included.
import { prepare } from './lib/prepare.mjs';
import { phase, pnpm } from './lib/run.mjs';

await prepare();
await phase('Building the site ', pnpm(['--filter', '@espalier/docs', 'build']));
console.log('\nThe site lies in apps/docs/.vitepress/dist; pnpm --filter @espalier/docs preview shows it.');
