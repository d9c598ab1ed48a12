"""Gradients of operations as PyTorch gives them: convolutions, pooling, normalisation, transforms, products, activations,
attention.

Writes golden/operations.json. Run from this folder: python3 operations.py
"""

import torch
import torch.nn.functional as F
from golden_io import packed, weyl, write

CASES = []


def same(size, window, stride, dilation):
    """What TensorFlow pads an axis with for `same`."""
    span = (window - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def padded(x, window, strides, dilations, pad, value=0.0):
    """x, channels first, with its padding made explicit."""
    margins = []
    for axis, (size, k, s, d) in enumerate(zip(x.shape[2:], window, strides, dilations)):
        margins.append(same(size, k, s, d) if pad == "same" else (pad, pad) if isinstance(pad, int) else (0, 0))
    return F.pad(x, [side for pair in reversed(margins) for side in pair], value=value)


def first(x):
    return x.movedim(-1, 1)


def last(x):
    return x.movedim(1, -1)


def case(op, attrs, shapes, compute, scales=None):
    """One case: the inputs are weyl(shape, i), the gradient of the output weyl(its shape, 99)."""
    seeds = range(len(shapes))
    inputs = [
        torch.tensor(weyl(shape, i, scale) + shift, requires_grad=True)
        for i, shape, (scale, shift) in zip(seeds, shapes, scales or [(1.0, 0.0)] * len(shapes))
    ]
    y = compute(*inputs)
    y.backward(torch.tensor(weyl(tuple(y.shape), 99)))
    CASES.append(
        {
            "op": op,
            "attrs": attrs,
            "inputs": [
                {"shape": list(shape), "scale": scale, "shift": shift}
                for shape, (scale, shift) in zip(shapes, scales or [(1.0, 0.0)] * len(shapes))
            ],
            "output": packed(y),
            "gradients": [packed(x.grad) for x in inputs],
        }
    )


def convolution(op, x, w, strides, pad, dilations):
    rank = len(x) - 2
    conv = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[rank]

    def compute(x, w):
        channels = x.shape[-1]
        given = padded(first(x), w.shape[:rank], strides, dilations, pad)
        if op == "depthwiseConv2d":
            # Ours: [height, width, channels, multiplier]; the results of a channel stand together on both sides.
            weight = w.permute(2, 3, 0, 1).reshape(-1, 1, *w.shape[:2])
            return last(conv(given, weight, stride=strides, dilation=dilations, groups=channels))
        return last(conv(given, w.movedim((-1, -2), (0, 1)), stride=strides, dilation=dilations))

    case(op, {"strides": list(strides), "pad": pad, "dilations": list(dilations)}, [x, w], compute)


def transposed(op, x, w, out, strides, pad):
    rank = len(x) - 2
    conv = {2: F.conv_transpose2d, 3: F.conv_transpose3d}[rank]

    def compute(x, w):
        y = conv(first(x), w.movedim((-1, -2), (0, 1)), stride=strides)
        for axis in range(rank):
            k, s, size = w.shape[axis], strides[axis], out[1 + axis]
            before = same(size, k, s, 1)[0] if pad == "same" else 0
            y = y.narrow(2 + axis, before, size)
        return last(y)

    case(op, {"strides": list(strides), "pad": pad, "outputShape": list(out)}, [x, w], compute)


def pooling(op, x, window, strides, pad):
    rank = len(x) - 2

    def compute(x):
        ones = [1] * rank
        if op.startswith("max"):
            pool = {2: F.max_pool2d, 3: F.max_pool3d}[rank]
            return last(pool(padded(first(x), window, strides, ones, pad, -torch.inf), window, strides))
        # The mean of what the window sees of the image: its padding does not count.
        pool = {2: F.avg_pool2d, 3: F.avg_pool3d}[rank]
        seen = pool(padded(torch.ones_like(first(x)), window, strides, ones, pad), window, strides)
        return last(pool(padded(first(x), window, strides, ones, pad), window, strides) / seen)

    # All negative: a maximum that starts from 0 shows.
    case(op, {"window": list(window), "strides": list(strides), "pad": pad}, [x], compute, [(1.0, -1.5)])


convolution("conv1d", (2, 9, 3), (3, 3, 4), (1,), "same", (1,))
convolution("conv1d", (2, 10, 3), (4, 3, 2), (2,), "same", (1,))
convolution("conv1d", (1, 12, 2), (3, 2, 3), (1,), "valid", (3,))
convolution("conv2d", (2, 7, 6, 3), (3, 3, 3, 4), (1, 1), "same", (1, 1))
convolution("conv2d", (2, 7, 6, 3), (3, 2, 3, 4), (2, 1), "same", (1, 1))
convolution("conv2d", (1, 9, 8, 2), (3, 3, 2, 5), (2, 2), 1, (1, 1))
convolution("conv2d", (1, 9, 8, 2), (3, 3, 2, 3), (1, 1), "same", (2, 3))
convolution("conv2d", (1, 9, 8, 2), (2, 3, 2, 3), (1, 1), "valid", (3, 2))
convolution("conv2d", (2, 5, 5, 9), (1, 1, 9, 8), (1, 1), "valid", (1, 1))
convolution("conv3d", (1, 4, 5, 4, 2), (2, 3, 2, 2, 3), (1, 1, 1), "same", (1, 1, 1))
convolution("conv3d", (1, 5, 6, 5, 2), (2, 2, 3, 2, 3), (2, 2, 2), "valid", (1, 1, 1))
convolution("depthwiseConv2d", (2, 6, 7, 4), (3, 3, 4, 1), (1, 1), "same", (1, 1))
convolution("depthwiseConv2d", (1, 7, 7, 3), (3, 2, 3, 2), (2, 2), "valid", (1, 1))
convolution("depthwiseConv2d", (1, 8, 7, 3), (3, 3, 3, 2), (1, 1), "same", (2, 2))
transposed("conv2dTranspose", (2, 4, 5, 3), (3, 3, 4, 3), (2, 8, 10, 4), (2, 2), "same")
transposed("conv2dTranspose", (1, 4, 3, 2), (3, 2, 3, 2), (1, 6, 4, 3), (1, 1), "valid")
transposed("conv2dTranspose", (1, 3, 3, 2), (4, 4, 3, 2), (1, 8, 8, 3), (2, 2), "valid")
transposed("conv3dTranspose", (1, 3, 2, 3, 2), (2, 3, 2, 3, 2), (1, 6, 4, 6, 3), (2, 2, 2), "same")
pooling("maxPool", (2, 6, 6, 3), (2, 2), (2, 2), "valid")
pooling("maxPool", (1, 7, 6, 2), (3, 3), (2, 2), "same")
pooling("maxPool", (1, 6, 5, 2), (3, 2), (1, 1), "same")
pooling("avgPool", (2, 6, 6, 3), (2, 2), (2, 2), "valid")
pooling("avgPool", (1, 7, 6, 2), (3, 3), (2, 2), "same")
pooling("maxPool3d", (1, 5, 4, 5, 2), (2, 2, 2), (2, 2, 2), "same")
pooling("avgPool3d", (1, 4, 4, 5, 2), (3, 2, 2), (1, 2, 2), "same")
channel = [(1.0, 0.0), (1.0, 0.0), (0.5, 1.0), (1.0, 0.0), (1.0, 0.0)]
case(
    "batchNorm",
    {"epsilon": 1e-3},
    [(2, 3, 4, 5), (5,), (5,), (5,), (5,)],
    lambda x, mean, variance, offset, scale: (x - mean) / torch.sqrt(variance + 1e-3) * scale + offset,
    channel,
)
case("layerNorm", {"epsilon": 1e-5}, [(3, 4, 6), (6,), (6,)], lambda x, g, b: F.layer_norm(x, (6,), g, b, 1e-5))
case(
    "batchStatistics",
    {"epsilon": 1e-3},
    [(4, 3, 2, 5), (5,), (5,)],
    lambda x, g, b: last(F.batch_norm(first(x), None, None, g, b, True, 0.0, 1e-3)),
)
case(
    "localResponseNormalization",
    {"radius": 2, "bias": 1.0, "alpha": 0.1, "beta": 0.75},
    [(2, 2, 3, 7)],
    # PyTorch divides alpha by the size of the window.
    lambda x: last(F.local_response_norm(first(x), 5, alpha=0.5, beta=0.75, k=1.0)),
)
case("softmax", {}, [(3, 7)], lambda x: F.softmax(x, -1), [(4.0, 0.0)])
case("logSoftmax", {}, [(3, 7)], lambda x: F.log_softmax(x, -1), [(4.0, 0.0)])
for attrs, approximate in ({}, "none"), ({"approximate": True}, "tanh"):
    case("gelu", attrs, [(5, 21)], lambda x, approximate=approximate: F.gelu(x, approximate=approximate), [(6.0, 0.0)])
case("silu", {}, [(5, 21)], F.silu, [(9.0, 0.0)])
for length in (7, 8, 12):
    case("fft", {}, [(2, length), (2, length)], lambda a, b: torch.view_as_real(torch.fft.fft(torch.complex(a, b))))
    case("ifft", {}, [(2, length), (2, length)], lambda a, b: torch.view_as_real(torch.fft.ifft(torch.complex(a, b))))
    case("rfft", {}, [(2, length)], lambda x: torch.view_as_real(torch.fft.rfft(x)))
case("magnitude", {}, [(3, 4), (3, 4)], lambda a, b: torch.abs(torch.complex(a, b)))
case("complexProduct", {}, [(3, 4)] * 4, lambda a, b, c, d: torch.view_as_real(torch.complex(a, b) * torch.complex(c, d)))
for equation, *shapes in [
    ("bqhd,bkhd->bhqk", (2, 3, 2, 5), (2, 4, 2, 5)),
    ("bhqk,bkhd->bqhd", (2, 2, 3, 4), (2, 4, 2, 5)),
    ("ij,jk,kl->il", (2, 3), (3, 4), (4, 2)),
]:
    case("einsum", {"equation": equation}, shapes, lambda *xs, equation=equation: torch.einsum(equation, *xs))


def attention(name, query, key, value, causal=False, mask=None):
    """`mask` is the shape and the kind of a mask: bool, true where weyl(shape, 50) > -0.3, or float, weyl(shape, 50, 2)."""

    def compute(q, k, v):
        hidden = None
        if mask is not None:
            hidden = torch.tensor(weyl(mask["shape"], 50, 2.0))
            hidden = hidden > -0.6 if mask["dtype"] == "bool" else hidden
        if causal:
            lower = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
            hidden = lower if hidden is None else hidden.masked_fill(~lower, -torch.inf if hidden.is_floating_point() else False)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=hidden)

    case("attention", {"name": name, "causal": causal, "mask": mask}, [query, key, value], compute, [(3.0, 0.0)] * 3)


attention("plain", (2, 3, 5, 8), (2, 3, 7, 8), (2, 3, 7, 6))
attention("several blocks", (1, 2, 70, 8), (1, 2, 131, 8), (1, 2, 131, 5))
attention("causal", (2, 70, 8), (2, 70, 8), (2, 70, 8), causal=True)
attention("causal, more keys", (1, 9, 5), (1, 12, 5), (1, 12, 3), causal=True)
attention("padding", (2, 2, 6, 8), (2, 2, 70, 8), (2, 2, 70, 8), mask={"shape": [2, 1, 1, 70], "dtype": "bool"})
attention("bias", (2, 2, 6, 8), (2, 2, 9, 8), (2, 2, 9, 8), mask={"shape": [2, 6, 9], "dtype": "float32"})
attention("bias and causal", (2, 66, 4), (2, 66, 4), (2, 66, 4), causal=True, mask={"shape": [66, 66], "dtype": "float32"})

write("operations", "operations.py", CASES)
