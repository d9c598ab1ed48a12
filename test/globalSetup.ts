import { generateMissing } from '../scripts/lib/generate.mjs';

export default generateMissing;
