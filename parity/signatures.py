"""The constructors and calls of Keras that we have too: the names of their arguments, and the defaults.

Writes golden/signatures.json. Run from this folder: python3 signatures.py
"""

import inspect
import json
from pathlib import Path

import keras

HERE = Path(__file__).parent

CLASSES = {
    "layers": [
        "Activation",
        "Add",
        "AveragePooling2D",
        "BatchNormalization",
        "Bidirectional",
        "Concatenate",
        "Conv2D",
        "Dense",
        "DepthwiseConv2D",
        "Dropout",
        "Embedding",
        "Flatten",
        "GRU",
        "GlobalAveragePooling2D",
        "GroupNormalization",
        "LSTM",
        "LayerNormalization",
        "MaxPooling2D",
        "MultiHeadAttention",
        "RMSNormalization",
        "Reshape",
        "SimpleRNN",
    ],
    "initializers": [
        "Constant",
        "GlorotNormal",
        "GlorotUniform",
        "HeNormal",
        "HeUniform",
        "Identity",
        "LecunNormal",
        "LecunUniform",
        "Ones",
        "Orthogonal",
        "RandomNormal",
        "RandomUniform",
        "TruncatedNormal",
        "VarianceScaling",
        "Zeros",
    ],
    "regularizers": ["L1", "L1L2", "L2"],
    "optimizers": ["Adam", "AdamW", "Lion", "RMSprop", "SGD"],
    "losses": [
        "BinaryCrossentropy",
        "CategoricalCrossentropy",
        "MeanAbsoluteError",
        "MeanSquaredError",
        "SparseCategoricalCrossentropy",
    ],
    "metrics": ["BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy"],
    "callbacks": ["EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"],
}
METHODS = ["compile", "fit", "evaluate", "predict"]


def camel(name: str) -> str:
    """``beta_1`` becomes ``beta1``, ``use_bias`` ``useBias``."""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def arguments(callable_) -> dict:
    """Names in camelCase with their defaults; null where there is none or it is no JSON."""
    found = {}
    for parameter in inspect.signature(callable_).parameters.values():
        if parameter.name in ("self", "args") or parameter.kind in (
            inspect.Parameter.VAR_KEYWORD,
            inspect.Parameter.VAR_POSITIONAL,
        ):
            continue
        default = parameter.default
        given = default is not inspect.Parameter.empty
        value = list(default) if isinstance(default, tuple) else default
        found[camel(parameter.name)] = {"needed": not given, "default": value if given else None}
    return found


golden = {
    "madeWith": f"signatures.py, keras {keras.__version__}",
    "classes": {
        name: {"module": module, "arguments": arguments(getattr(getattr(keras, module), name).__init__)}
        for module, names in CLASSES.items()
        for name in names
    },
    "calls": {name: arguments(getattr(keras.Model, name)) for name in METHODS},
}
path = HERE / "golden" / "signatures.json"
path.write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
print(f"{path}: {len(golden['classes'])} classes")
