// One optimizer out of many: shows whether the packages can be shaken.
import { Adam } from '@espalier/optimizers';

console.log(Adam);
