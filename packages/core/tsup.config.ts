import { preset } from '@espalier/build';

export default preset();
