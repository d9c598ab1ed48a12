// `npm run pack`: install, build, then a tarball of every published package in `tarballs/`, for `npm install ./tarballs/*.tgz`.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packAll } from './lib/pack.mjs';
import { prepare } from './lib/prepare.mjs';
import { repository } from './lib/workspace.mjs';

await prepare();
const folder = join(repository, 'tarballs');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const file of (await packAll(folder)).values()) console.log(file);
