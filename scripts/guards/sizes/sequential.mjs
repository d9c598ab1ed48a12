// What a small application imports: a dense network, its optimizer, training, and the WASM engine.
import { wasm } from '@espalier/backend-wasm';
import { activateBackend, Sequential } from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { tensor2d } from '@tensorflow/tfjs-core';

await activateBackend(wasm());
const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
model.compile({ optimizer: new Adam(), loss: 'meanSquaredError' });
await model.fit(tensor2d([[1]]), tensor2d([[2]]));
console.log(model.predict(tensor2d([[3]])));
