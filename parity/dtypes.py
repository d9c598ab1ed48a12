"""Golden dtypes: what every layer and activation of Keras gives for int32, bool and float32 inputs.

Writes golden/dtypes.json: for each case and dtype of the input the dtype of the output, at run time and as announced,
and the values; `null` where Keras refuses in the words of a kernel. Needs `pip install keras tensorflow-cpu`, whose
kernels decide what Keras's own code leaves open. Run from this folder: python3 dtypes.py
"""

import json
import os
import re
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

ACTIVATIONS = (
    "linear relu relu6 leakyRelu elu selu gelu silu mish sigmoid hardSigmoid tanh softplus softsign exponential "
    "softmax logSoftmax"
).split()
BATCH, IMAGE, SEQUENCE = (2, 4), (2, 4, 4, 2), (2, 3, 4)


def layer(name, **config):
    return {"className": name, "config": config}


ONES = {"kernelInitializer": "ones"}
CASES = [
    *((f"Activation {name}", layer("Activation", activation=name), [BATCH]) for name in ACTIVATIONS),
    ("Dense", layer("Dense", units=2, **ONES), [BATCH]),
    ("Conv2D", layer("Conv2D", filters=2, kernelSize=2, **ONES), [IMAGE]),
    ("Conv2D groups", layer("Conv2D", filters=2, kernelSize=2, groups=2, **ONES), [IMAGE]),
    ("DepthwiseConv2D", layer("DepthwiseConv2D", kernelSize=2, depthwiseInitializer="ones"), [IMAGE]),
    ("MaxPooling2D", layer("MaxPooling2D", poolSize=2), [IMAGE]),
    ("AveragePooling2D", layer("AveragePooling2D", poolSize=2), [IMAGE]),
    ("GlobalAveragePooling2D", layer("GlobalAveragePooling2D"), [IMAGE]),
    ("Flatten", layer("Flatten"), [IMAGE]),
    ("Reshape", layer("Reshape", targetShape=[2, -1]), [BATCH]),
    ("Dropout", layer("Dropout", rate=0.5), [BATCH]),
    ("BatchNormalization", layer("BatchNormalization"), [BATCH]),
    ("LayerNormalization", layer("LayerNormalization"), [BATCH]),
    ("RMSNormalization", layer("RMSNormalization"), [BATCH]),
    ("GroupNormalization", layer("GroupNormalization", groups=2), [BATCH]),
    ("MultiHeadAttention", layer("MultiHeadAttention", numHeads=1, keyDim=2, **ONES), [SEQUENCE]),
    ("Embedding", layer("Embedding", inputDim=4, outputDim=2, embeddingsInitializer="ones"), [BATCH]),
    *(
        (name, layer(name, units=2, kernelInitializer="ones", recurrentInitializer="ones"), [SEQUENCE])
        for name in ("LSTM", "GRU", "SimpleRNN")
    ),
    (
        "Bidirectional",
        layer("Bidirectional", layer=layer("LSTM", units=2, kernelInitializer="ones", recurrentInitializer="ones")),
        [SEQUENCE],
    ),
    ("Add", layer("Add"), [BATCH, BATCH]),
    ("Concatenate", layer("Concatenate"), [BATCH, BATCH]),
    ("Add with float32", layer("Add"), [BATCH, "float32"]),
    ("Concatenate with float32", layer("Concatenate"), [BATCH, "float32"]),
]


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def keras_layer(serialized):
    config = dict(serialized["config"])
    if "layer" in config:
        config["layer"] = keras_layer(config["layer"])
    if "activation" in config:
        config["activation"] = snake(config["activation"])
    return getattr(keras.layers, serialized["className"])(**{snake(k): v for k, v in config.items()})


def example(shape, dtype, ids):
    values = [(i % 3) if ids else (i % 5) - 2 for i in range(int(np.prod(shape)))]
    return np.reshape(np.array(values), shape).astype(dtype)


def run(name, serialized, shapes):
    results = {}
    for dtype in ("float32", "int32", "bool"):
        kinds = ["float32" if s == "float32" else dtype for s in shapes]
        arrays = [example(shapes[0] if s == "float32" else s, k, name == "Embedding") for s, k in zip(shapes, kinds)]
        feed = [tf.constant(a) for a in arrays]
        feed = feed[0] if len(feed) == 1 else feed
        extra = (feed,) if name == "MultiHeadAttention" else ()
        result = {"dtype": None, "announced": None, "training": None, "values": None}
        try:
            y = keras_layer(serialized)(feed, *extra, training=False) if takes_training(name) else keras_layer(serialized)(feed, *extra)
            result["dtype"] = y.dtype.name
            result["shape"] = list(y.shape)
            result["values"] = np.asarray(y).astype("float64").flatten().tolist()
        except Exception as error:  # noqa: BLE001 - Keras lets every kind through
            result["error"] = type(error).__name__
            print("   ", name, dtype, "refused:", str(error).split("\n")[0][:110])
        if takes_training(name):
            try:
                result["training"] = keras_layer(serialized)(feed, training=True).dtype.name
            except Exception as error:  # noqa: BLE001
                print("   ", name, dtype, "training refused:", str(error).split("\n")[0][:110])
        try:
            inputs = [keras.Input(a.shape[1:], dtype=a.dtype.name) for a in arrays]
            inputs = inputs[0] if len(inputs) == 1 else inputs
            symbolic = (inputs,) if name == "MultiHeadAttention" else ()
            result["announced"] = keras_layer(serialized)(inputs, *symbolic).dtype
        except Exception as error:  # noqa: BLE001
            print("   ", name, dtype, "symbolic refused:", str(error).split("\n")[0][:110])
        results[dtype] = result
    print(name, {k: (v["dtype"], v["announced"], v["training"]) for k, v in results.items()})
    return {"name": name, "layer": serialized, "shapes": shapes, "results": results}


def takes_training(name):
    return name.split()[0] in ("Dropout", "BatchNormalization")


cases = [run(*case) for case in CASES]
made_with = {"keras": keras.__version__, "tensorflow": tf.__version__, "script": "parity/dtypes.py"}
body = ",\n".join("    " + json.dumps(case) for case in cases)
text = f'{{\n  "madeWith": {json.dumps(made_with)},\n  "cases": [\n{body}\n  ]\n}}\n'
(Path(__file__).parent / "golden" / "dtypes.json").write_text(text)
