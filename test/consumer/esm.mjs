import { readFileSync } from 'node:fs';
import train from './train.cjs';

const { esm } = JSON.parse(readFileSync(new URL('./packages.json', import.meta.url), 'utf8'));
await train('esm', (name) => import(name), esm);
