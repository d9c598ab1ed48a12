"""Golden values of layers: outputs, gradients of inputs and weights, and what training does to the layer's state.

Writes golden/layers.json. Run from this folder: python3 layers.py

A new layer adds its cases to CASES: a name, the layer's config in Espalier's words and the shapes of its inputs.
"""

import numpy as np

from golden_io import keras, keras_layer, packed, torch, weight_path, weyl, write

ACTIVATIONS = (
    "linear relu relu6 leakyRelu elu selu gelu silu mish sigmoid hardSigmoid tanh softplus softsign exponential "
    "softmax logSoftmax"
).split()

IMAGE, SEQUENCE, BATCH = (2, 7, 6, 3), (3, 6, 4), (4, 5)
MASK = [[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0], [0, 1, 0, 1, 1, 0]]


def layer(name, **config):
    return {"className": name, "config": config}


def bidirectional(merge, inner="LSTM", **config):
    return layer("Bidirectional", layer=layer(inner, units=3, **config), mergeMode=merge)


CASES = [
    *((f"Activation {name}", layer("Activation", activation=name), [BATCH], {"scale": 5}) for name in ACTIVATIONS),
    ("Dense", layer("Dense", units=3, activation="tanh"), [BATCH], {}),
    ("Dense on sequences", layer("Dense", units=3, activation="softmax", useBias=False), [SEQUENCE], {}),
    ("Conv2D", layer("Conv2D", filters=4, kernelSize=3, activation="relu"), [IMAGE], {}),
    ("Conv2D same", layer("Conv2D", filters=4, kernelSize=[2, 3], padding="same"), [IMAGE], {}),
    ("Conv2D strides", layer("Conv2D", filters=2, kernelSize=3, strides=[2, 1]), [IMAGE], {}),
    ("Conv2D strides same", layer("Conv2D", filters=2, kernelSize=3, strides=2, padding="same"), [IMAGE], {}),
    ("Conv2D dilated", layer("Conv2D", filters=2, kernelSize=[2, 3], dilationRate=[3, 2]), [IMAGE], {}),
    ("Conv2D dilated same", layer("Conv2D", filters=2, kernelSize=3, dilationRate=2, padding="same"), [IMAGE], {}),
    ("Conv2D groups", layer("Conv2D", filters=6, kernelSize=3, groups=3, activation="relu"), [(2, 5, 6, 9)], {}),
    ("Conv2D groups strides same", layer("Conv2D", filters=8, kernelSize=[3, 2], groups=2, strides=2, padding="same"), [(2, 6, 5, 4)], {}),
    ("Conv2D groups dilated", layer("Conv2D", filters=4, kernelSize=2, groups=4, dilationRate=2, padding="same", useBias=False), [(2, 5, 6, 8)], {}),
    ("Conv2D groups of wide channels", layer("Conv2D", filters=18, kernelSize=3, groups=2, padding="same"), [(1, 4, 4, 20)], {}),
    ("Conv2D groups of one channel", layer("Conv2D", filters=6, kernelSize=3, groups=3), [IMAGE], {}),
    ("Conv2D groups of one filter", layer("Conv2D", filters=3, kernelSize=3, groups=3, padding="same"), [IMAGE], {}),
    ("DepthwiseConv2D", layer("DepthwiseConv2D", kernelSize=3, activation="relu6"), [IMAGE], {}),
    ("DepthwiseConv2D strides same", layer("DepthwiseConv2D", kernelSize=3, strides=2, padding="same", depthMultiplier=2), [IMAGE], {}),
    ("DepthwiseConv2D window", layer("DepthwiseConv2D", kernelSize=[2, 3], depthMultiplier=3, useBias=False), [IMAGE], {}),
    ("DepthwiseConv2D dilated same", layer("DepthwiseConv2D", kernelSize=3, dilationRate=2, padding="same"), [IMAGE], {}),
    ("MaxPooling2D", layer("MaxPooling2D", poolSize=2), [IMAGE], {}),
    ("MaxPooling2D negative", layer("MaxPooling2D", poolSize=3, strides=2, padding="same"), [IMAGE], {"shift": -9}),
    ("AveragePooling2D", layer("AveragePooling2D", poolSize=[2, 3]), [IMAGE], {}),
    # Where "same" pads one side more than the other, Keras repeats the edge on torch and ignores the padding elsewhere.
    ("AveragePooling2D same", layer("AveragePooling2D", poolSize=3, strides=2, padding="same"), [(2, 7, 5, 3)], {}),
    ("GlobalAveragePooling2D", layer("GlobalAveragePooling2D"), [IMAGE], {}),
    ("Flatten", layer("Flatten"), [IMAGE], {}),
    ("Reshape", layer("Reshape", targetShape=[3, -1]), [IMAGE], {}),
    ("Dropout outside of training", layer("Dropout", rate=0.5), [BATCH], {"training": False}),
    ("BatchNormalization", layer("BatchNormalization"), [IMAGE], {}),
    ("BatchNormalization options", layer("BatchNormalization", axis=1, momentum=0.5, epsilon=0.1, center=False), [BATCH], {}),
    ("BatchNormalization masked", layer("BatchNormalization", momentum=0.9), [SEQUENCE], {"mask": MASK}),
    ("BatchNormalization outside of training", layer("BatchNormalization"), [IMAGE], {"training": False}),
    ("BatchNormalization frozen", layer("BatchNormalization", trainable=False), [BATCH], {}),
    ("LayerNormalization", layer("LayerNormalization"), [SEQUENCE], {}),
    ("LayerNormalization axes", layer("LayerNormalization", axis=[2, 3], epsilon=0.1, scale=False), [IMAGE], {}),
    ("LayerNormalization far from 0", layer("LayerNormalization"), [BATCH], {"shift": 100}),
    ("RMSNormalization", layer("RMSNormalization"), [SEQUENCE], {}),
    ("GroupNormalization", layer("GroupNormalization", groups=3), [(2, 4, 5, 6)], {}),
    ("GroupNormalization axis 1", layer("GroupNormalization", groups=-1, axis=1, center=False), [(2, 4, 5)], {}),
    ("MultiHeadAttention", layer("MultiHeadAttention", numHeads=2, keyDim=8), [SEQUENCE], {}),
    ("MultiHeadAttention causal", layer("MultiHeadAttention", numHeads=3, keyDim=5, useCausalMask=True), [(2, 40, 4)], {}),
    ("MultiHeadAttention across", layer("MultiHeadAttention", numHeads=2, keyDim=4, valueDim=3, outputShape=5, useBias=False), [(2, 3, 4), (2, 5, 3), (2, 5, 6)], {}),
    ("Embedding", layer("Embedding", inputDim=7, outputDim=4), [(3, 5)], {"ids": 7}),
    ("LSTM", layer("LSTM", units=5), [SEQUENCE], {}),
    ("LSTM sequences", layer("LSTM", units=5, returnSequences=True), [SEQUENCE], {}),
    ("LSTM backwards", layer("LSTM", units=3, goBackwards=True, returnSequences=True, useBias=False), [SEQUENCE], {}),
    ("LSTM masked", layer("LSTM", units=5), [SEQUENCE], {"mask": MASK}),
    ("LSTM masked sequences", layer("LSTM", units=3, returnSequences=True), [SEQUENCE], {"mask": MASK}),
    ("LSTM other activations", layer("LSTM", units=3, activation="softsign", recurrentActivation="hardSigmoid"), [SEQUENCE], {"mask": MASK}),
    ("LSTM outside of training", layer("LSTM", units=4, returnSequences=True), [SEQUENCE], {"training": False}),
    ("GRU", layer("GRU", units=5), [SEQUENCE], {}),
    ("GRU masked sequences", layer("GRU", units=3, returnSequences=True), [SEQUENCE], {"mask": MASK}),
    ("GRU backwards", layer("GRU", units=3, goBackwards=True, returnSequences=True, useBias=False), [SEQUENCE], {}),
    ("GRU reset before", layer("GRU", units=5, resetAfter=False, returnSequences=True), [SEQUENCE], {}),
    ("GRU reset before masked", layer("GRU", units=3, resetAfter=False, goBackwards=True), [SEQUENCE], {"mask": MASK}),
    ("GRU reset before backwards", layer("GRU", units=9, resetAfter=False, goBackwards=True, returnSequences=True, useBias=False), [(5, 4, 3)], {}),
    ("GRU reset before masked sequences", layer("GRU", units=8, resetAfter=False, returnSequences=True), [SEQUENCE], {"mask": MASK}),
    ("GRU other activations", layer("GRU", units=3, activation="softsign", recurrentActivation="hardSigmoid"), [SEQUENCE], {"mask": MASK}),
    ("SimpleRNN", layer("SimpleRNN", units=5), [SEQUENCE], {}),
    ("SimpleRNN masked sequences", layer("SimpleRNN", units=3, returnSequences=True), [SEQUENCE], {"mask": MASK}),
    ("SimpleRNN relu backwards", layer("SimpleRNN", units=5, activation="relu", goBackwards=True, returnSequences=True), [SEQUENCE], {}),
    ("SimpleRNN other activation", layer("SimpleRNN", units=3, activation="softsign", useBias=False), [SEQUENCE], {"mask": MASK}),
    *(
        (f"{name} of {units} units, batch {batch}, time {time}", layer(name, units=units, returnSequences=sequences), [(batch, time, 3)], {})
        for name in ("LSTM", "GRU", "SimpleRNN")
        for units, batch, time, sequences in ((1, 33, 7, False), (9, 3, 2, True), (5, 1, 1, True))
    ),
    ("Bidirectional GRU", bidirectional("concat", "GRU", returnSequences=True), [SEQUENCE], {"mask": MASK}),
    ("Bidirectional GRU reset before", bidirectional("concat", "GRU", resetAfter=False), [SEQUENCE], {"mask": MASK}),
    ("Bidirectional SimpleRNN", bidirectional("sum", "SimpleRNN"), [SEQUENCE], {}),
    ("Bidirectional concat", bidirectional("concat"), [SEQUENCE], {}),
    ("Bidirectional sequences", bidirectional("sum", returnSequences=True), [SEQUENCE], {}),
    ("Bidirectional mul", bidirectional("mul", returnSequences=True), [SEQUENCE], {}),
    ("Bidirectional masked", bidirectional("ave", returnSequences=True), [SEQUENCE], {"mask": MASK}),
    ("Bidirectional masked concat", bidirectional("concat"), [SEQUENCE], {"mask": MASK}),
    ("Add", layer("Add"), [BATCH, BATCH, (4, 1)], {}),
    ("Concatenate", layer("Concatenate", axis=1), [(2, 3, 2), (2, 1, 2)], {}),
]


def run(name, serialized, shapes, options):
    training = options.get("training", True)
    made = keras_layer(serialized)
    if "ids" in options:
        inputs = [np.floor((weyl(shape, 11) + 1) / 2 * options["ids"]).astype("int32") for shape in shapes]
    else:
        inputs = [weyl(shape, 11 + i, options.get("scale", 2)) + options.get("shift", 0) for i, shape in enumerate(shapes)]
    attends = serialized["className"] == "MultiHeadAttention"
    if attends:
        made.build(*(shapes * 2 if len(shapes) == 1 else shapes))
    else:
        made.build(shapes[0] if len(shapes) == 1 else shapes)
    for i, variable in enumerate(made.weights):
        # Variances must be positive; everything else may have either sign.
        values = weyl(variable.shape, 101 + i, 0.7)
        variable.assign(np.abs(values) + 0.5 if variable.name == "moving_variance" else values)
    weights = {weight_path(v): packed(v.value) for v in made.weights}

    fed = [torch.tensor(x, requires_grad="ids" not in options) for x in inputs]
    extra = {"mask": torch.tensor(options["mask"], dtype=torch.bool)} if "mask" in options else {}
    takes_training = serialized["className"] in ("Dropout", "BatchNormalization", "LSTM", "GRU", "SimpleRNN", "Bidirectional")
    if takes_training:
        extra["training"] = training
    if attends:
        causal = serialized["config"].get("useCausalMask", False)
        output = made(*(fed * 2 if len(fed) == 1 else fed), use_causal_mask=causal)
    else:
        output = made(fed[0] if len(fed) == 1 else fed, **extra)
    # The loss is a sum with these weights: they are the gradient of the output.
    output_gradient = weyl(tuple(output.shape), 5)
    loss = (output * torch.tensor(output_gradient)).sum()
    if loss.requires_grad:
        loss.backward()

    case = {
        "name": name,
        "layer": serialized,
        "training": training,
        "inputs": [packed(x) for x in inputs],
        "weights": weights,
        "output": packed(output),
        "outputGradient": packed(output_gradient),
        "weightGradients": {weight_path(v): packed(v.value.grad) for v in made.trainable_weights},
        "stateAfter": {weight_path(v): packed(v.value) for v in made.weights if v.name.startswith("moving")},
    }
    if "mask" in options:
        case["mask"] = packed(np.array(options["mask"], dtype=bool))
    if "ids" not in options:
        case["inputGradients"] = [packed(x.grad) for x in fed]
    return case


write("layers", "layers.py", [run(*case) for case in CASES])
