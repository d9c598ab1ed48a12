"""Times one step of a workload in PyTorch on the CPU: python3 main.py WORKLOAD THREADS. Prints one line of JSON."""

import json
import os
import statistics
import sys
import time

import numpy as np
import torch

from models import models

workload, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(1)
STEPS, VOCABULARY = int(os.environ.get("BENCH_STEPS", 30)), 1000

# Images have their channels first here; the numbers of the formula need not be the same ones for the same time.
SHAPES = {
    "cnn": (32, 1, 28, 28),
    "lstm": (32, 100),
    "mlp": (32, 784),
    "cifar": (32, 3, 32, 32),
    "transformer": (32, 128, 128),
    "mobilenet": (1, 3, 224, 224),
}


def noise(shape):
    size = int(np.prod(shape))
    return (((np.arange(size, dtype=np.uint64) * 2654435761 % 2**32) % 1000).astype(np.float32) / 1000).reshape(shape)


x = torch.from_numpy(noise(SHAPES[workload]))
if workload == "lstm":
    x = (x * VOCABULARY).long()
model = models[workload]()


def infer():
    with torch.inference_mode():
        model(x)


def trainer():
    if workload == "lstm":
        loss, y = torch.nn.BCEWithLogitsLoss(), torch.arange(32).remainder(2).float().reshape(32, 1)
    else:
        loss, y = torch.nn.CrossEntropyLoss(), torch.arange(32).remainder(10)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001)

    def step():
        optimizer.zero_grad()
        loss(model(x), y).backward()
        optimizer.step()

    return step


if workload == "mobilenet":
    model.eval()
    step = infer
else:
    step = trainer()
start, warm = time.perf_counter(), 0
while warm < min(20, STEPS) or time.perf_counter() - start < 1:
    step()
    warm += 1
times = []
for _ in range(STEPS):
    before = time.perf_counter()
    step()
    times.append((time.perf_counter() - before) * 1000)
result = {"median": statistics.median(times), "steps": STEPS, "version": torch.__version__, "threads": threads}
print(json.dumps(result))
