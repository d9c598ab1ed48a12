"""Golden values of losses and metrics: values, gradients with respect to the predictions, and metric results.

Writes golden/losses.json and golden/metrics.json. Run from this folder: KERAS_BACKEND=torch python3 losses.py
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch

GOLDEN = Path(__file__).parent / "golden"
rng = np.random.default_rng(20260101)


def plain(array):
    array = np.asarray(array)
    kind = "int32" if np.issubdtype(array.dtype, np.integer) else "float32"
    return {"shape": list(array.shape), "dtype": kind, "values": array.astype(kind).ravel().tolist()}


def write(name, cases):
    made_with = {"keras": keras.__version__, "torch": torch.__version__, "script": "parity/losses.py"}
    body = ",\n".join("    " + json.dumps(case) for case in cases)
    (GOLDEN / f"{name}.json").write_text(f'{{\n  "madeWith": {json.dumps(made_with)},\n  "cases": [\n{body}\n  ]\n}}\n')


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


logits = rng.normal(0, 3, (6, 5)).astype("float32")
steps = rng.normal(0, 2, (3, 4, 5)).astype("float32")
extreme = np.array([[80, -80, 0], [-200, 100, 100], [0, 0, 0]], dtype="float32")
# Rows that do not add up to 1, a zero and a one: normalising and clipping both show.
raw = np.array([[0.5, 0.5, 0.5], [0, 0, 1], [0.2, 0.2, 0.1], [1, 1e-9, 0]], dtype="float32")
labels = rng.integers(0, 5, 6)
step_labels = rng.integers(0, 5, (3, 4))
one_hot = np.eye(5, dtype="float32")
soft = softmax(rng.normal(0, 1, (6, 5))).astype("float32")
three = np.eye(3, dtype="float32")

binary_logits = rng.normal(0, 3, (6, 1)).astype("float32")
binary_extreme = np.array([[100, -100], [-100, 100], [0, 30]], dtype="float32")
binary = rng.integers(0, 2, 6).astype("float32")
many = rng.integers(0, 2, (6, 5)).astype("float32")
sigmoid = lambda x: (1 / (1 + np.exp(-x.astype("float64")))).astype("float32")
edges = np.array([[0, 1], [1, 0], [0.3, 0.9999]], dtype="float32")

real = rng.normal(0, 1, (6, 3)).astype("float32")
guess = rng.normal(0, 1, (6, 3)).astype("float32")

LOSSES = [
    ("CategoricalCrossentropy", {}, one_hot[labels], softmax(logits)),
    ("CategoricalCrossentropy", {}, soft, softmax(logits)),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, one_hot[labels], softmax(logits)),
    ("CategoricalCrossentropy", {}, three[[0, 1, 2, 0]], raw),
    ("CategoricalCrossentropy", {}, one_hot[step_labels], softmax(steps)),
    ("CategoricalCrossentropy", {"from_logits": True}, one_hot[labels], logits),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, one_hot[labels], logits),
    ("CategoricalCrossentropy", {"from_logits": True}, three, extreme),
    ("SparseCategoricalCrossentropy", {}, labels, softmax(logits)),
    ("SparseCategoricalCrossentropy", {}, labels[:, None], softmax(logits)),
    ("SparseCategoricalCrossentropy", {}, labels.astype("float32"), softmax(logits)),
    ("SparseCategoricalCrossentropy", {}, step_labels, softmax(steps)),
    ("SparseCategoricalCrossentropy", {}, np.array([0, 1, 2, 0]), raw),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, labels, logits),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, step_labels, steps),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, np.array([0, 1, 2]), extreme),
    ("BinaryCrossentropy", {}, binary, sigmoid(binary_logits)),
    ("BinaryCrossentropy", {}, binary[:, None], sigmoid(binary_logits)),
    ("BinaryCrossentropy", {}, many, sigmoid(logits)),
    ("BinaryCrossentropy", {"label_smoothing": 0.1}, many, sigmoid(logits)),
    ("BinaryCrossentropy", {}, three[:, :2], edges),
    ("BinaryCrossentropy", {"from_logits": True}, binary, binary_logits),
    ("BinaryCrossentropy", {"from_logits": True}, many, logits),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.3}, many, logits),
    ("BinaryCrossentropy", {"from_logits": True}, three[:, :2], binary_extreme),
    ("MeanSquaredError", {}, real, guess),
    ("MeanSquaredError", {}, real[:, 0], guess[:, :1]),
    ("MeanSquaredError", {}, steps, steps[::-1].copy()),
    ("MeanAbsoluteError", {}, real, guess),
    ("MeanAbsoluteError", {}, real[:, 0], guess[:, :1]),
    ("MeanAbsoluteError", {}, steps, steps[::-1].copy()),
]


def loss_case(name, options, targets, predictions):
    p = torch.tensor(predictions, requires_grad=True)
    values = getattr(keras.losses, name)(reduction="none", **options)(torch.tensor(targets), p)
    values.mean().backward()
    per_example = values.detach().numpy().reshape(len(predictions), -1).mean(-1)
    return {
        "className": name,
        "options": {{"from_logits": "fromLogits", "label_smoothing": "labelSmoothing"}[k]: v for k, v in options.items()},
        "targets": plain(targets),
        "predictions": plain(predictions),
        "values": per_example.astype("float32").tolist(),
        # Of the mean over the batch and all further axes.
        "gradient": p.grad.numpy().ravel().tolist(),
    }


METRICS = [
    ("CategoricalAccuracy", {}, one_hot[labels], softmax(logits)),
    ("CategoricalAccuracy", {}, one_hot[step_labels], steps),
    ("CategoricalAccuracy", {}, three, np.zeros((3, 3), "float32")),
    ("SparseCategoricalAccuracy", {}, labels, logits),
    ("SparseCategoricalAccuracy", {}, labels[:, None], logits),
    ("SparseCategoricalAccuracy", {}, labels.astype("float32"), logits),
    ("SparseCategoricalAccuracy", {}, step_labels, steps),
    ("BinaryAccuracy", {}, binary, sigmoid(binary_logits)),
    ("BinaryAccuracy", {}, binary[:, None], sigmoid(binary_logits)),
    ("BinaryAccuracy", {}, many, sigmoid(logits)),
    ("BinaryAccuracy", {"threshold": 0.8}, many, sigmoid(logits)),
    ("BinaryAccuracy", {}, np.array([0, 1, 1], "float32"), np.array([[0.5], [0.5], [0.50001]], "float32")),
    ("MeanSquaredError", {}, real, guess),
    ("MeanAbsoluteError", {}, real[:, 0], guess[:, :1]),
]


def metric_case(name, options, targets, predictions):
    weights = rng.uniform(0, 2, len(predictions)).astype("float32")
    results = []
    for sample_weight in (None, weights):
        metric = getattr(keras.metrics, name)(**options)
        # Two batches of different sizes, so that the mean must be over examples, not over batches.
        for part in (slice(0, 1), slice(1, None)):
            w = None if sample_weight is None else sample_weight[part]
            metric.update_state(targets[part], predictions[part], sample_weight=w)
        results.append(float(metric.result()))
    return {
        "className": name,
        "options": options,
        "targets": plain(targets),
        "predictions": plain(predictions),
        "weights": weights.tolist(),
        "result": results[0],
        "weightedResult": results[1],
    }


CHOICES = [([6], [6, 1]), ([6, 1], [6, 1]), ([6, 5], [6, 5]), ([6], [6, 5]), ([6, 1], [6, 5]), ([6, 4], [6, 4, 5]),
           ([6, 4, 5], [6, 4, 5]), ([6, 4, 1], [6, 4, 5]), ([6, 4, 1], [6, 4, 1])]


def choice(target, output):
    """Which metric Keras takes 'accuracy' to be for these shapes."""
    from keras.src.trainers.compile_utils import get_metric

    metric = get_metric("accuracy", np.zeros(target, "float32"), np.zeros(output, "float32"))
    return {"choice": type(metric).__name__, "targetShape": target, "outputShape": output}


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    write("losses", [loss_case(*case) for case in LOSSES])
    write("metrics", [metric_case(*case) for case in METRICS] + [choice(*case) for case in CHOICES])
