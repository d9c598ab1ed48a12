import { preset } from '@espalier/build';

export default preset({ entry: ['src/index.ts', 'src/bin.ts'], cjs: false, platform: 'node' });
