// Shared by the two module systems: the tiny job that shows an installed package to work, and its report.
/** @param {string} format @param {(name: string) => any} load @param {string[]} names */
module.exports = async function train(format, load, names) {
  const loaded = new Map();
  for (const name of names) loaded.set(name, await load(name));
  const { Sequential, activateBackend } = loaded.get('@espalier/core');
  const { wasm } = loaded.get('@espalier/backend-wasm');
  const { Dense } = loaded.get('@espalier/layers');
  const { Adam } = loaded.get('@espalier/optimizers');
  const { tensor2d } = await load('@tensorflow/tfjs-core');

  await activateBackend(wasm());
  const model = new Sequential([new Dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: new Adam({ learningRate: 0.2 }), loss: 'meanSquaredError' });
  const { history } = await model.fit(tensor2d([[0], [1], [2], [3]]), tensor2d([[1], [3], [5], [7]]), {
    epochs: 60,
  });
  const exports = Object.fromEntries(names.map((name) => [name, Object.keys(loaded.get(name)).length]));
  console.log(JSON.stringify({ format, exports, firstLoss: history.loss[0], lastLoss: history.loss.at(-1) }));
};
