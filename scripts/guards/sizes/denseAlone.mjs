// One layer out of many: shows whether the packages can be shaken.
import { Dense } from '@espalier/layers';

console.log(Dense);
