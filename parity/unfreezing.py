"""Golden traces of PyTorch's optimizers where parameters join late or get no gradient in some steps, in double precision.

Writes golden/unfreezing.json. Run from this folder: python3 unfreezing.py
"""

import json
from pathlib import Path

import torch

GOLDEN = Path(__file__).parent / "golden"
STEPS = 60
LATE = 40  # The step, from 0, in which `late` gets its first gradient.
# Far below every gradient: Espalier's epsilon stands at another place than PyTorch's.
EPSILON = 1e-12

START = {"always": [0.5, -1.0, 2.0], "late": [0.5, -1.0, 2.0], "seldom": [0.25], "paused": [1.0, -0.5]}
generator = torch.Generator().manual_seed(20261128)
SIZES = {path: len(values) for path, values in START.items()}


def has_gradient(path, step):
    if path == "late":
        return step >= LATE
    if path == "seldom":
        return step % 3 == 1
    if path == "paused":
        return step < 5 or step >= LATE
    return True


def gradient(size):
    # Signs with sizes from 0.1 to 1.1, rounded to float32 so that both sides see the same.
    values = torch.rand(size, generator=generator, dtype=torch.float64) + 0.1
    signs = torch.randint(0, 4, (size,), generator=generator) > 0
    return torch.where(signs, values, -values).to(torch.float32).to(torch.float64)


GRADIENTS = [
    {path: gradient(size).tolist() for path, size in SIZES.items() if has_gradient(path, step)} for step in range(STEPS)
]

VARIANTS = [
    ("Adam", {"learningRate": 0.01}, lambda p: torch.optim.Adam(p, lr=0.01, eps=EPSILON)),
    ("Adam", {"learningRate": 0.1, "beta1": 0.5, "beta2": 0.9},
     lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.5, 0.9), eps=EPSILON)),
    ("Adam", {"learningRate": 0.01, "amsgrad": True}, lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True, eps=EPSILON)),
    ("AdamW", {"learningRate": 0.01, "weightDecay": 0.1},
     lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1, eps=EPSILON)),
    ("AdamW", {"learningRate": 0.01, "weightDecay": 0.1, "amsgrad": True},
     lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1, amsgrad=True, eps=EPSILON)),
    ("SGD", {"learningRate": 0.01}, lambda p: torch.optim.SGD(p, lr=0.01)),
    ("SGD", {"learningRate": 0.01, "momentum": 0.9}, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
    ("SGD", {"learningRate": 0.01, "momentum": 0.9, "nesterov": True},
     lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9, nesterov=True)),
    ("RMSprop", {"learningRate": 0.01}, lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, eps=EPSILON)),
    ("RMSprop", {"learningRate": 0.01, "centered": True, "momentum": 0.5},
     lambda p: torch.optim.RMSprop(p, lr=0.01, alpha=0.9, centered=True, momentum=0.5, eps=EPSILON)),
]


def trace(name, options, make):
    parameters = {path: torch.tensor(values, dtype=torch.float64) for path, values in START.items()}
    optimizer = make(list(parameters.values()))
    values = []
    for gradients in GRADIENTS:
        for path, parameter in parameters.items():
            parameter.grad = torch.tensor(gradients[path], dtype=torch.float64) if path in gradients else None
        optimizer.step()
        values.append({path: parameter.tolist() for path, parameter in parameters.items()})
    own = {} if name == "SGD" else {"epsilon": EPSILON}
    return {"className": name, "options": {**options, **own}, "values": values}


if __name__ == "__main__":
    made_with = {"torch": torch.__version__, "script": "parity/unfreezing.py"}
    cases = ",\n".join("    " + json.dumps(trace(*variant)) for variant in VARIANTS)
    (GOLDEN / "unfreezing.json").write_text(
        f'{{\n  "madeWith": {json.dumps(made_with)},\n  "late": {LATE},\n  "start": {json.dumps(START)},\n'
        f'  "gradients": {json.dumps(GRADIENTS)},\n  "cases": [\n{cases}\n  ]\n}}\n'
    )
