"""Times one training step of a workload in PyTorch on the CPU with one thread; prints one line of JSON."""

import json
import statistics
import sys
import time

import numpy as np
import torch
from torch import nn

BATCH, LENGTH, VOCABULARY = 32, 100, 1000
torch.set_num_threads(1)
torch.manual_seed(1)


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 64)
        self.lstm = nn.LSTM(64, 64, batch_first=True)
        self.dense = nn.Linear(64, 1)

    def forward(self, x):
        return self.dense(self.lstm(self.embedding(x))[0][:, -1])


def noise(count):
    return ((np.arange(count, dtype=np.uint64) * 2654435761 % 2**32) % 1000).astype(np.float32) / 1000


workload = sys.argv[1]
if workload == "lstm":
    model, loss = Classifier(), nn.BCEWithLogitsLoss()
    x = torch.from_numpy((noise(BATCH * LENGTH) * VOCABULARY).astype(np.int64).reshape(BATCH, LENGTH))
    y = torch.arange(BATCH).remainder(2).float().reshape(BATCH, 1)
else:
    loss = nn.CrossEntropyLoss()
    y = torch.arange(BATCH).remainder(10)
    if workload == "cnn":
        model = nn.Sequential(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(13 * 13 * 32, 10))
        x = torch.from_numpy(noise(BATCH * 784).reshape(BATCH, 1, 28, 28))
    else:
        model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10))
        x = torch.from_numpy(noise(BATCH * 784).reshape(BATCH, 784))
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)


def step():
    optimizer.zero_grad()
    loss(model(x), y).backward()
    optimizer.step()


for _ in range(5):
    step()
times = []
for _ in range(30):
    before = time.perf_counter()
    step()
    times.append((time.perf_counter() - before) * 1000)
print(json.dumps({"median": statistics.median(times), "steps": 30, "version": torch.__version__, "threads": 1}))
