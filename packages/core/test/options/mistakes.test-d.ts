// Read by the type checker alone: each line that must not compile says why it does not.
import { Activation, Conv2D, Dense, Dropout, MaxPooling2D } from '@espalier/layers';
import { Adam, SGD } from '@espalier/optimizers';
import { BinaryAccuracy, EarlyStopping, MeanSquaredError, Sequential } from '../../src/index.js';

const model = new Sequential([new Dense({ units: 1 })]);

// @ts-expect-error options are an object
new Dense(16);
// @ts-expect-error units are needed
new Dense();
// @ts-expect-error kernelSize is needed
new Conv2D({ filters: 3 });
// @ts-expect-error a misspelt option
new Dropout({ rate: 0.5, nme: 'x' });
// @ts-expect-error snake case
new Dense({ units: 1, use_bias: false });
// @ts-expect-error a truth as text
new Dense({ units: 1, useBias: 'false' });
// @ts-expect-error three sizes
new MaxPooling2D({ poolSize: [2, 2, 2] });
// @ts-expect-error a layer is no activation
new Dense({ units: 1, activation: new Activation({ activation: 'relu' }) });
// @ts-expect-error an unknown name
new Dense({ units: 1, activation: 'rellu' });
// @ts-expect-error a number is no object of options
new SGD(0.1);
// @ts-expect-error a rate as text
new Adam({ learningRate: '0.1' });
// @ts-expect-error layers are a list
new Sequential(new Dense({ units: 1 }));
// @ts-expect-error classes are no layers
new Sequential([Dense]);
// @ts-expect-error an optimizer is an object
model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
// @ts-expect-error a class is no optimizer
model.compile({ optimizer: Adam, loss: 'meanSquaredError' });
// @ts-expect-error a loss is needed
model.compile({ optimizer: new Adam() });
// @ts-expect-error names are in camelCase
model.compile({ optimizer: new Adam(), loss: 'mean_squared_error' });
// @ts-expect-error a class is no loss
model.compile({ optimizer: new Adam(), loss: MeanSquaredError });
// @ts-expect-error a class is no metric
model.compile({ optimizer: new Adam(), loss: 'mse', metrics: [BinaryAccuracy] });
// @ts-expect-error targets are needed
void model.fit([[1]]);
// @ts-expect-error fit has no verbose
void model.fit([[1]], [[1]], { verbose: 1 });
// @ts-expect-error a class is no callback
void model.fit([[1]], [[1]], { callbacks: [EarlyStopping] });
// @ts-expect-error evaluate takes steps, not epochs
void model.evaluate([[1]], [[1]], { epochs: 1 });

// What compiles.
model.compile({ optimizer: new Adam(), loss: 'mse', metrics: 'accuracy' });
void model.fit([[1]], [[1]], { callbacks: new EarlyStopping() });
