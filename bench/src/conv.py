"""Milliseconds of convolution in PyTorch on one thread: forward, gradient of the filter, gradient of the input.

Reads lines "batch size inChannels outChannels padding groups stride" and answers each with a list of three; the better of both memory layouts.
"""
import json
import sys
import time

import torch

torch.set_num_threads(1)


def least(run):
    best, start = float("inf"), time.process_time()
    while time.process_time() - start < 0.25:
        before = time.process_time()
        run()
        best = min(best, time.process_time() - before)
    return best * 1000


for line in sys.stdin:
    batch, size, c, n, pad, groups, stride = line.split()
    batch, size, c, n, groups, stride = int(batch), int(size), int(c), int(n), int(groups), int(stride)
    padding = [1, 1] if pad == "same" else [0, 0]
    best = [float("inf")] * 3
    for layout in (torch.contiguous_format, torch.channels_last):
        x = torch.randn(batch, c, size, size).to(memory_format=layout)
        w = torch.randn(n, c // groups, 3, 3).to(memory_format=layout)
        y = torch.nn.functional.conv2d(x, w, None, stride, padding, 1, groups)
        dy = torch.randn(y.shape).to(memory_format=layout)

        def back(mask):
            return torch.ops.aten.convolution_backward(dy, x, w, None, [stride] * 2, padding, [1, 1], False, [0, 0], groups, mask)

        runs = [
            lambda: torch.nn.functional.conv2d(x, w, None, stride, padding, 1, groups),
            lambda: back([False, True, False]),
            lambda: back([True, False, False]),
        ]
        with torch.no_grad():
            best = [min(old, least(run)) for old, run in zip(best, runs)]
    print(json.dumps(best), flush=True)
