import { wasm } from '@espalier/backend-wasm';
import { describeGradients } from './describeGradients.js';

describeGradients(wasm({ threads: 1 }), 'wasm');
