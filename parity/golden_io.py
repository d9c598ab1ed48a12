"""What the scripts share: the numbers that both sides make by a formula, and the form of the golden files."""

import base64
import json
import os
import re
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch

GOLDEN = Path(__file__).parent / "golden"

# The reference is computed in double precision, so that a difference is the tested side's rounding alone.
keras.backend.set_floatx("float64")
torch.set_num_threads(1)


def weyl(shape, seed, scale=1.0):
    """Numbers in ±scale without a pattern, the same in Python and TypeScript: (i + 1 + 7919 seed) * 2654435761 mod 2^32.

    Rounded to float32, because that is what the tested side starts from.
    """
    size = int(np.prod(shape))
    words = ((np.arange(size, dtype=np.uint64) + np.uint64(1 + 7919 * seed)) * np.uint64(2654435761)) % np.uint64(2**32)
    values = (2.0 * words.astype(np.float64) / 2**32 - 1.0) * scale
    return values.astype(np.float32).astype(np.float64).reshape(shape)


def packed(array):
    """A tensor as base64 of its little-endian elements: exact, and a third of the size of decimal numbers."""
    if isinstance(array, torch.Tensor):
        array = array.detach().numpy()
    array = np.asarray(array)
    kind = "int32" if np.issubdtype(array.dtype, np.integer) or array.dtype == bool else "float32"
    data = np.ascontiguousarray(array.astype("<i4" if kind == "int32" else "<f4")).tobytes()
    return {"shape": list(array.shape), "dtype": kind, "base64": base64.b64encode(data).decode()}


def snake(name):
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def camel(name):
    return re.sub(r"_([a-z0-9])", lambda found: found[1].upper(), name)


def keras_layer(serialized):
    """The Keras layer for a layer's config in Espalier's words."""
    config = dict(serialized["config"])
    if isinstance(config.get("layer"), dict):
        config["layer"] = keras_layer(config["layer"])
    for key in ("activation", "recurrentActivation"):
        if key in config:
            config[key] = snake(config[key])
    # In Keras an argument of the call.
    config.pop("useCausalMask", None)
    return getattr(keras.layers, serialized["className"])(**{snake(key): value for key, value in config.items()})


def weight_path(variable):
    """`bidirectional/forward_lstm/lstm_cell/recurrent_kernel` is `forward/recurrentKernel` in Espalier.

    Projections of attention keep their names: `query/kernel`, `attentionOutput/bias`.
    """
    direction = re.search(r"/(forward|backward)_", variable.path)
    if direction is None:
        direction = re.search(r"attention[_0-9]*/(query|key|value|attention_output)/", variable.path)
    return (camel(direction[1]) + "/" if direction else "") + camel(variable.name)


def write(name, script, cases):
    made_with = {"keras": keras.__version__, "torch": torch.__version__, "script": f"parity/{script}"}
    body = ",\n".join("    " + json.dumps(case) for case in cases)
    text = f'{{\n  "madeWith": {json.dumps(made_with)},\n  "cases": [\n{body}\n  ]\n}}\n'
    (GOLDEN / f"{name}.json").write_text(text)
    print(f"{name}.json: {len(cases)} cases, {len(text) / 1024:.0f} kB")
