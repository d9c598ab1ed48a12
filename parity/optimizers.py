"""Golden traces of optimizers, schedules and clipping: the parameters after each of ten steps, in double precision.

Writes golden/optimizers.json. Run from this folder: KERAS_BACKEND=torch python3 optimizers.py
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch

GOLDEN = Path(__file__).parent / "golden"
STEPS = 10
# In float32 Keras rounds 1 - beta_2^t, which moves Adam's rate by up to one part in 10^5: too far for a reference.
keras.config.set_floatx("float64")
rng = np.random.default_rng(20260102)

START = {
    "dense/kernel": rng.normal(0, 1, (3, 2)).astype("float32"),
    "dense/bias": rng.normal(0, 1, (4,)).astype("float32"),
}
# Of every size, with zeros among them: epsilon, the correction of bias and clipping all show.
GRADIENTS = [
    {
        "dense/kernel": (rng.normal(0, 1, (3, 2)) * 10.0 ** rng.integers(-4, 2, (3, 2))).astype("float32"),
        "dense/bias": (rng.normal(0, 1, (4,)) * rng.integers(0, 2, (4,))).astype("float32"),
    }
    for _ in range(STEPS)
]

schedules = keras.optimizers.schedules
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "decay_rate": 0.5, "staircase": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 7}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "alpha": 0.2}),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 5, "warmup_target": 0.2, "warmup_steps": 3}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 4, "alpha": 0.1, "warmup_target": 0.1, "warmup_steps": 4}),
]

VARIANTS = [
    ("SGD", {}, {}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9}, {}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}, {}),
    ("RMSprop", {}, {}),
    ("RMSprop", {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5}, {}),
    ("RMSprop", {"learning_rate": 0.01, "centered": True, "epsilon": 1e-3}, {}),
    ("RMSprop", {"learning_rate": 0.01, "centered": True, "epsilon": 1e-2, "momentum": 0.9}, {}),
    ("Adam", {}, {}),
    ("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-4}, {}),
    ("Adam", {"learning_rate": 0.05, "amsgrad": True, "beta_2": 0.6}, {}),
    ("AdamW", {}, {}),
    ("AdamW", {"learning_rate": 0.1, "weight_decay": 0.2}, {}),
    ("AdamW", {"learning_rate": 0.1, "weight_decay": 0.2, "amsgrad": True}, {"exclude": ["bias"]}),
    ("Lion", {}, {}),
    ("Lion", {"learning_rate": 0.02, "beta_1": 0.7, "beta_2": 0.9, "weight_decay": 0.1}, {"exclude": ["bias"]}),
    *[("SGD", {}, {"schedule": i}) for i in range(len(SCHEDULES))],
    ("Adam", {}, {"schedule": 4}),
    ("SGD", {"learning_rate": 0.1, "global_clipnorm": 0.5}, {}),
    ("SGD", {"learning_rate": 0.1, "global_clipnorm": 5.0, "momentum": 0.9}, {}),
    ("Adam", {"learning_rate": 0.1, "global_clipnorm": 1.0}, {}),
    ("SGD", {"learning_rate": 0.1, "clipnorm": 0.7}, {}),
    ("SGD", {"learning_rate": 0.1, "clipvalue": 0.3}, {}),
]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def flat(arrays):
    return {path: np.asarray(a).ravel().tolist() for path, a in arrays.items()}


def trace(name, options, extra):
    arguments = dict(options)
    schedule = None
    if "schedule" in extra:
        kind, config = SCHEDULES[extra["schedule"]]
        arguments["learning_rate"] = getattr(schedules, kind)(**config)
        schedule = {"className": kind, "config": {camel(k): v for k, v in config.items()}}
    optimizer = getattr(keras.optimizers, name)(**arguments)
    variables = [keras.Variable(value.astype("float64"), name=path.split("/")[1]) for path, value in START.items()]
    if "exclude" in extra:
        optimizer.exclude_from_weight_decay(var_names=extra["exclude"])
    values, rates = [], []
    for step in range(STEPS):
        rates.append(float(optimizer.learning_rate))
        optimizer.apply([torch.tensor(g, dtype=torch.float64) for g in GRADIENTS[step].values()], variables)
        values.append(flat({path: v.value.detach().numpy() for path, v in zip(START, variables)}))
    return {
        "className": name,
        "options": {camel(k): v for k, v in options.items()},
        "schedule": schedule,
        "exclude": extra.get("exclude", []),
        "rates": rates,
        "values": values,
    }


if __name__ == "__main__":
    made_with = {"keras": keras.__version__, "torch": torch.__version__, "script": "parity/optimizers.py"}
    cases = ",\n".join("    " + json.dumps(trace(*variant)) for variant in VARIANTS)
    GOLDEN.mkdir(exist_ok=True)
    (GOLDEN / "optimizers.json").write_text(
        f'{{\n  "madeWith": {json.dumps(made_with)},\n'
        f'  "shapes": {json.dumps({path: list(v.shape) for path, v in START.items()})},\n'
        f'  "start": {json.dumps(flat(START))},\n'
        f'  "gradients": {json.dumps([flat(g) for g in GRADIENTS])},\n'
        f'  "cases": [\n{cases}\n  ]\n}}\n'
    )
