"""Golden values of whole models: prediction, loss, every gradient, and the weights after three steps of Adam.

Writes golden/models.json. Run from this folder: python3 models.py

Inputs and first weights are not in the file: both sides make them with weyl().
"""

import numpy as np

from golden_io import keras, keras_layer, packed, snake, torch, weight_path, weyl, write


def layer(name, **config):
    return {"className": name, "config": config}


MODELS = [
    {
        "name": "CNN",
        "layers": [
            layer("Conv2D", filters=32, kernelSize=3, activation="relu"),
            layer("MaxPooling2D", poolSize=2),
            layer("Flatten"),
            layer("Dense", units=10, activation="softmax"),
        ],
        "inputShape": [8, 28, 28, 1],
        "loss": "categoricalCrossentropy",
    },
    {
        "name": "LSTM",
        "layers": [
            layer("Embedding", inputDim=1000, outputDim=64),
            layer("LSTM", units=64),
            layer("Dense", units=1, activation="sigmoid"),
        ],
        "inputShape": [2, 100],
        "ids": 1000,
        "loss": "binaryCrossentropy",
    },
    {
        "name": "masked bidirectional LSTM with normalisation",
        "layers": [
            layer("Embedding", inputDim=12, outputDim=8, maskZero=True),
            layer("Bidirectional", layer=layer("LSTM", units=6, returnSequences=True), mergeMode="concat"),
            layer("BatchNormalization", momentum=0.9),
            layer("LSTM", units=5),
            layer("Dense", units=4, activation="softmax"),
        ],
        "inputShape": [6, 9],
        "ids": 12,
        "loss": "sparseCategoricalCrossentropy",
    },
]

TARGETS = {
    "categoricalCrossentropy": lambda n, width: np.eye(width)[(np.arange(n) * 7 + 3) % width],
    "binaryCrossentropy": lambda n, width: (np.arange(n) % 2).astype("float64")[:, None],
    "sparseCategoricalCrossentropy": lambda n, width: ((np.arange(n) * 7 + 3) % width).astype("int32"),
}


def packed_rows(value, ids):
    """A table of which only the rows of the ids in use matter: the others have no gradient and do not move."""
    rows = np.unique(ids)
    return {**packed(value[rows]), "rows": rows.tolist()}


def run(spec):
    shape, ids = spec["inputShape"], spec.get("ids")
    # Inputs of both kinds come from the same numbers in ±1.
    numbers = weyl(shape, 1)
    x = np.floor((numbers + 1) / 2 * ids).astype("int32") if ids else numbers
    model = keras.Sequential([keras.Input(shape[1:]), *(keras_layer(one) for one in spec["layers"])])
    weights = {}
    for position, one in enumerate(model.layers):
        for variable in one.weights:
            weights[f"{position}/{weight_path(variable)}"] = variable
    learned = {path: v for path, v in weights.items() if not v.name.startswith("moving")}
    seeds = {path: 101 + i for i, path in enumerate(learned)}
    for path, variable in learned.items():
        variable.assign(weyl(variable.shape, seeds[path], 0.25))
    paths = {variable.path: path for path, variable in weights.items()}

    def pack(path, value):
        return packed_rows(value, x) if path.endswith("/embeddings") else packed(value)

    targets = TARGETS[spec["loss"]](shape[0], model.output_shape[-1])
    loss_of = getattr(keras.losses, snake(spec["loss"]))
    # The standard Adam of Keras; the default rate is too small to tell steps from rounding.
    optimizer = keras.optimizers.Adam(learning_rate=0.01)

    def step():
        model.zero_grad()
        output = model(torch.tensor(x), training=True)
        loss = loss_of(torch.tensor(targets), output).mean()
        loss.backward()
        return output, loss, [variable.value.grad for variable in model.trainable_variables]

    output, loss, gradients = step()
    golden = {
        "output": packed(output),
        "gradients": {paths[v.path]: pack(paths[v.path], g) for v, g in zip(model.trainable_variables, gradients)},
    }
    losses = []
    for number in range(3):
        if number > 0:
            _, loss, gradients = step()
        losses.append(loss.item())
        with torch.no_grad():
            optimizer.apply(gradients, model.trainable_variables)
    return {
        **spec,
        "seeds": seeds,
        "targets": packed(targets),
        "learningRate": 0.01,
        **golden,
        "losses": losses,
        "weightsAfter": {path: pack(path, v.value) for path, v in weights.items()},
    }


write("models", "models.py", [run(spec) for spec in MODELS])
