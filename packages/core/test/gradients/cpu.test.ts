import { cpu } from '@espalier/backend-cpu';
import { describeGradients } from './describeGradients.js';

describeGradients(cpu());
