"""What operations answer at their edges, by NumPy and PyTorch: golden/edges.json for packages/core/test/edges.

A case is an operation of tfjs or Espalier with its tensors and arguments; values are written as JSON, NaN and infinities as
text. NumPy computes in float64 where it can and rounds once.
"""

import json
import math
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

warnings.filterwarnings("ignore")
np.seterr(all="ignore")
cases = []
# Tensors that several cases share are written once.
tensors = []
places = {}
SIZES = [0.0, 1e-45, 1e-40, 1e-30, 1e-8, 1e-4, 0.3, 0.5, 1.0, 1.5, 2.5, 3.5, 10.0, 17.5, 88.0, 89.0, 104.0, 1e4, 3e7, 1e19, 1e30, 3e38, math.inf]
X = np.array([s for x in SIZES for s in (x, -x)] + [math.nan], dtype=np.float32)
BIG = np.array([2147483647, -2147483648, -1, 0, 1, 16777217, -16777217, 46341, 65536], dtype=np.int32)


def value(x):
    if isinstance(x, (bool, np.bool_)):
        return int(x)
    if isinstance(x, (int, np.integer)):
        return int(x)
    x = float(x)
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    return -0.0 if x == 0 and math.copysign(1, x) < 0 else float(repr(x))


def packed(x):
    if isinstance(x, torch.Tensor):
        x = x.detach().numpy()
    x = np.asarray(x)
    if x.dtype == bool:
        kind = "bool"
    elif np.issubdtype(x.dtype, np.integer):
        kind = "int32"
        x = x.astype(np.int32)
    else:
        kind = "float32"
        x = x.astype(np.float32)
    flat = [value(v) for v in x.reshape(-1)]
    one = flat[0] if len(flat) > 8 and all(v == flat[0] for v in flat) else flat
    return {"shape": list(x.shape), "dtype": kind, "values": one}


def shared(x):
    one = packed(x)
    key = json.dumps(one)
    if key not in places:
        places[key] = len(tensors)
        tensors.append(one)
    return places[key]


def case(op, inputs, expected, args=(), tolerance=2e-6, absolute=0):
    cases.append({"op": op, "inputs": [shared(np.asarray(x)) for x in inputs], "args": list(args), "expected": shared(expected), "tolerance": tolerance, "absolute": absolute})


d = X.astype(np.float64)
t = torch.tensor(d)
sigmoid = lambda x: np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))))

# Functions of one number.
for op, f in {
    "abs": np.abs, "neg": np.negative, "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x), "reciprocal": lambda x: 1 / x, "square": np.square, "sign": np.sign,
    "floor": np.floor, "ceil": np.ceil, "round": np.round, "tanh": np.tanh, "sinh": np.sinh, "cosh": np.cosh,
    "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh, "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
    "isNaN": np.isnan, "isInf": np.isinf, "isFinite": np.isfinite,
    "sigmoid": sigmoid, "softplus": lambda x: np.logaddexp(0, x), "logSigmoid": lambda x: -np.logaddexp(0, -x),
    "relu": lambda x: np.where(np.isnan(x), x, np.maximum(x, 0)), "relu6": lambda x: np.where(np.isnan(x), x, np.clip(x, 0, 6)),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: F.selu(torch.tensor(x)).numpy(), "erf": lambda x: torch.erf(torch.tensor(x)).numpy(),
    "gelu": lambda x: np.array([v * 0.5 * math.erfc(-v / math.sqrt(2)) if math.isfinite(v) else F.gelu(torch.tensor(v)).item() for v in x]), "silu": lambda x: F.silu(torch.tensor(x)).numpy(),
    "leakyRelu": lambda x: np.where(x >= 0, x, x * np.float64(np.float32(0.2))),
}.items():
    # 1 + erf cancels, in PyTorch's float32 too.
    case(op, [X], f(d), absolute=4e-7 if op == "gelu" else 0)
for op, f in {"sin": np.sin, "cos": np.cos, "tan": np.tan}.items():
    small = X[np.abs(X) <= 1e4]
    case(op, [small], f(small.astype(np.float64)))
    case(op, [np.array([math.inf, -math.inf, math.nan], np.float32)], [math.nan] * 3)
case("clipByValue", [X], np.clip(d, -1.5, 20), [-1.5, 20])
case("clipByValue", [X], np.clip(d, -np.inf, np.inf), ["-Infinity", "Infinity"])

# Functions of two.
P = np.array([0.0, -0.0, 0.5, -1.0, 2.0, 3.0, -7.0, -5.5, 1e30, -1e30, math.inf, -math.inf, math.nan], np.float32)
A, B = [v.reshape(-1) for v in np.meshgrid(P, P)]
a, b = A.astype(np.float64), B.astype(np.float64)
wide = lambda f: f(a, b)
for op, f in {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "maximum": np.maximum, "minimum": np.minimum,
    "pow": np.power, "atan2": np.arctan2, "mod": np.mod, "floorDiv": np.floor_divide,
    "equal": np.equal, "notEqual": np.not_equal, "less": np.less, "lessEqual": np.less_equal, "greater": np.greater, "greaterEqual": np.greater_equal,
    "divNoNan": lambda x, y: np.where(y == 0, 0, x / y), "squaredDifference": lambda x, y: np.square(x - y),
}.items():
    # Of numbers whose quotient has more than 24 bits even NumPy's float32 remainder is its own affair.
    keep = (np.abs(a) < 1e20) & (np.abs(b) < 1e20) if op in ("mod", "floorDiv") else np.ones(a.shape, bool)
    case(op, [A[keep], B[keep]], f(A[keep], B[keep]) if op in ("mod", "floorDiv") else f(a, b)[keep])

# Integers: two's complement.
I, J = [v.reshape(-1) for v in np.meshgrid(BIG, BIG)]
for op, f in {"add": np.add, "sub": np.subtract, "mul": np.multiply, "maximum": np.maximum, "minimum": np.minimum,
              "equal": np.equal, "notEqual": np.not_equal, "less": np.less, "lessEqual": np.less_equal, "greater": np.greater, "greaterEqual": np.greater_equal,
              "squaredDifference": lambda x, y: np.square(x - y)}.items():
    case(op, [I, J], f(I, J))
keep = (J != 0)
for op, f in {"mod": np.mod, "floorDiv": np.floor_divide}.items():
    case(op, [I[keep], J[keep]], f(I[keep], J[keep]))
for op, f in {"neg": np.negative, "abs": np.abs, "square": np.square, "sign": np.sign, "relu": lambda x: np.maximum(x, 0)}.items():
    case(op, [BIG], f(BIG))
POW = np.array([2, -2, 3, 7, 10, 46341, -1, 0, 1], np.int32)
EXP = np.array([0, 1, 2, 5, 13, 31, 32, 40], np.int32)
Q, R = [v.reshape(-1) for v in np.meshgrid(POW, EXP)]
case("pow", [Q, R], np.power(Q, R))
for op, f in {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min}.items():
    case(op, [BIG], np.asarray(f(BIG, dtype=np.int32) if op in ("sum", "prod") else f(BIG)))
case("cumsum", [BIG], np.cumsum(BIG, dtype=np.int32))
case("cumprod", [BIG[4:]], np.cumprod(BIG[4:], dtype=np.int32))
NEAR = np.array([16777216, 16777217, 16777218, 16777217, 16777216], np.int32)
case("argMax", [NEAR], np.asarray(np.argmax(NEAR), dtype=np.int32))
case("argMin", [NEAR[::-1].copy()], np.asarray(np.argmin(NEAR[::-1]), dtype=np.int32))
case("topkValues", [NEAR], np.sort(NEAR)[::-1][:3], [3])
case("topkIndices", [NEAR], np.array([2, 1, 3], np.int32), [3])
case("uniqueValues", [NEAR], np.array([16777216, 16777217, 16777218], np.int32))
case("gather", [NEAR, np.array([1, 4], np.int32)], NEAR[[1, 4]])
case("reverse", [NEAR], NEAR[::-1])
case("tile", [NEAR], np.tile(NEAR, 2), [[2]])
case("concat", [NEAR, NEAR], np.concatenate([NEAR, NEAR]))
case("pad", [NEAR], np.pad(NEAR, (1, 1), constant_values=16777217), [[[1, 1]], 16777217])
case("transpose", [NEAR[:4].reshape(2, 2)], NEAR[:4].reshape(2, 2).T)
case("where", [NEAR > 16777216, NEAR, -NEAR], np.where(NEAR > 16777216, NEAR, -NEAR))
case("slice", [NEAR], NEAR[1:3], [1, 2])
case("unsortedSegmentSum", [NEAR, np.array([0, 1, 1, 0, 2], np.int32)], np.array([NEAR[0] + NEAR[3], NEAR[1] + NEAR[2], NEAR[4]], np.int32), [3])
case("castInt", [np.array([1.9, -1.9, 0.0, 2147483520, -2147483648, 16777216, -0.5], np.float32)], np.array([1, -1, 0, 2147483520, -2147483648, 16777216, 0], np.int32))
case("castInt", [np.array([math.nan, math.inf, -math.inf, 3e9, -3e9, 1e30, 2147483648], np.float32)], np.full(7, -2147483648, np.int32))
case("castBool", [np.array([0, -0.0, math.nan, math.inf, 0.1, -1], np.float32)], np.array([0, 0, 1, 1, 1, 1], bool))
case("castFloat", [np.array([16777217, 2147483647, -2147483648], np.int32)], np.array([16777217, 2147483647, -2147483648], np.int32).astype(np.float32))

# NaN wins.
n = math.nan
rows = np.array([[1, n, 3, 2], [n, 1, 2, 3], [1, 2, 3, n], [4, n, n, 1], [-math.inf, -math.inf, -math.inf, n], [1, 2, 3, 4], [math.inf, n, 2, -math.inf]], np.float32)
long = np.tile(np.arange(100, dtype=np.float32), (3, 1)); long[0, 37] = n; long[1, 99] = n; long[2, 0] = n
tall = np.ascontiguousarray(np.tile(np.arange(50, dtype=np.float32)[:, None], (1, 20))); tall[30, 3] = n; tall[10, 17] = n; tall[0, 0] = n
for x in (rows, long, tall.T.copy()):
    case("argMax", [x], np.argmax(x, -1).astype(np.int32), [-1])
    case("argMin", [x], np.argmin(x, -1).astype(np.int32), [-1])
    for op, f in {"max": np.max, "min": np.min, "sum": np.sum, "prod": np.prod, "mean": np.mean}.items():
        case(op, [x], f(x.astype(np.float64), -1), [-1])
for op, f in {"argMax": np.argmax, "argMin": np.argmin}.items():
    case(op, [tall], f(tall, 0).astype(np.int32), [0])
case("max", [tall], np.max(tall, 0), [0])
case("min", [tall], np.min(tall, 0), [0])
case("cumsum", [rows], np.cumsum(rows, -1), [-1])
case("logSumExp", [rows], torch.logsumexp(torch.tensor(rows.astype(np.float64)), -1), [-1])
case("topkValues", [rows], torch.topk(torch.tensor(rows), 2).values, [2])
case("where", [np.array([True, False, True, False]), np.array([n, n, 1, 2], np.float32), np.array([1, 2, n, n], np.float32)], np.array([n, 2, 1, n], np.float32))
pool = np.arange(32, dtype=np.float32).reshape(1, 4, 4, 2); pool[0, 1, 1, 0] = n
tp = torch.tensor(pool.astype(np.float64)).permute(0, 3, 1, 2)
case("maxPool", [pool], F.max_pool2d(tp, 2).permute(0, 2, 3, 1), [2, 2, "valid"])
case("avgPool", [pool], F.avg_pool2d(tp, 2).permute(0, 2, 3, 1), [2, 2, "valid"])
case("maxPool", [np.full((1, 3, 3, 1), -math.inf, np.float32)], np.full((1, 2, 2, 1), -math.inf, np.float32), [2, 1, "valid"])

# Large means, many numbers, squares beyond float32.
many = (np.sin(np.arange(1_000_00) * 12.9898) + 1000).astype(np.float32)
spread = lambda x: np.array([np.mean(x), np.var(x)])
for shift in (0.0, 1e3, 1e5, 1e6):
    x = (np.cos(np.arange(96).reshape(8, 12) * 1.7) + shift).astype(np.float32)
    x64 = x.astype(np.float64)
    for op, axis in (("layerNormalization", 1), ("batchNormalization", 0)):
        case(op, [x], (x64 - x64.mean(axis, keepdims=True)) / np.sqrt(x64.var(axis, keepdims=True) + 1e-3), [], 1e-5, 1e-6)
    case("rmsNormalization", [x], x64 / np.sqrt((x64**2).mean(1, keepdims=True) + 1e-6), [], 1e-5)
    m, v = x64.mean(0).astype(np.float32), (x64.var(0)).astype(np.float32)
    case("frozenBatchNormalization", [x, m, v], (x64 - m.astype(np.float64)) / np.sqrt(v.astype(np.float64) + 1e-3), [], 1e-5)
    case("softmax", [x], torch.softmax(torch.tensor(x64), -1), [], 1e-5)
    case("logSoftmax", [x], torch.log_softmax(torch.tensor(x64), -1), [], 1e-5)
    case("logSumExp", [x], torch.logsumexp(torch.tensor(x64), -1), [-1])
wild = np.array([[1e4, 0, -1e4], [88, 89, 90], [-1e38, -3e38, -2e38], [1e38, 3e38, 3e38], [math.inf, 0, 1], [-math.inf, 0, 1], [-math.inf, -math.inf, -math.inf]], np.float32)
w64 = torch.tensor(wild.astype(np.float64))
case("softmax", [wild], torch.softmax(w64, -1))
case("logSoftmax", [wild], torch.log_softmax(w64, -1))
case("logSumExp", [wild], torch.logsumexp(w64, -1), [-1])
for scale in (1e-30, 1e-20, 1.0, 1e20, 1e30):
    x = (np.array([[3, 4, 0], [1, 2, 2]]) * scale).astype(np.float32)
    case("euclideanNorm", [x], np.linalg.norm(x.astype(np.float64), axis=1), [1])

# Nothing.
E = np.zeros((0,), np.float32)
case("all", [np.zeros((0,), bool)], np.asarray(True))
case("any", [np.zeros((0,), bool)], np.asarray(False))
case("all", [np.zeros((2, 0), bool)], np.array([True, True]), [1])
case("any", [np.zeros((2, 0), bool)], np.array([False, False]), [1])
case("sum", [E], np.float32(0)); case("prod", [E], np.float32(1)); case("mean", [E], np.float32(n))
case("sum", [np.zeros((2, 0), np.int32)], np.zeros((2,), np.int32), [1])
case("prod", [np.zeros((2, 0), np.int32)], np.ones((2,), np.int32), [1])
case("logSumExp", [E], np.float32(-math.inf)); case("logSumExp", [np.zeros((2, 0), np.float32)], np.full(2, -math.inf, np.float32), [1])
case("cumsum", [E], E); case("cumprod", [E], E); case("softmax", [np.zeros((0, 3), np.float32)], np.zeros((0, 3), np.float32))
case("matMul", [np.zeros((2, 0), np.float32), np.zeros((0, 3), np.float32)], np.zeros((2, 3), np.float32))
case("matMul", [np.zeros((0, 2), np.float32), np.zeros((2, 3), np.float32)], np.zeros((0, 3), np.float32))
case("concat", [E, np.ones(2, np.float32)], np.ones(2, np.float32)); case("reverse", [E], E); case("tile", [E], E, [[3]])
case("pad", [E], np.zeros(3, np.float32), [[[1, 2]]]); case("transpose", [np.zeros((0, 3), np.float32)], np.zeros((3, 0), np.float32))
case("gather", [np.ones((3, 2), np.float32), np.zeros((0,), np.int32)], np.zeros((0, 2), np.float32))
case("slice", [np.ones(3, np.float32)], E, [1, 0])
case("conv2d", [np.zeros((0, 4, 4, 1), np.float32), np.ones((3, 3, 1, 2), np.float32)], np.zeros((0, 4, 4, 2), np.float32), [1, "same"])
case("conv2d", [np.zeros((0, 32, 32, 16), np.float32), np.ones((3, 3, 16, 16), np.float32)], np.zeros((0, 32, 32, 16), np.float32), [1, "same"])
case("depthwiseConv2d", [np.zeros((0, 4, 4, 2), np.float32), np.ones((3, 3, 2, 1), np.float32)], np.zeros((0, 4, 4, 2), np.float32), [1, "same"])
case("maxPool", [np.zeros((0, 4, 4, 2), np.float32)], np.zeros((0, 2, 2, 2), np.float32), [2, 2, "valid"])
case("avgPool", [np.zeros((0, 4, 4, 2), np.float32)], np.zeros((0, 2, 2, 2), np.float32), [2, 2, "valid"])
case("resizeBilinear", [np.zeros((0, 4, 4, 2), np.float32)], np.zeros((0, 2, 2, 2), np.float32), [[2, 2]])
case("resizeNearestNeighbor", [np.zeros((0, 4, 4, 2), np.float32)], np.zeros((0, 2, 2, 2), np.float32), [[2, 2]])
case("layerNormalization", [np.zeros((0, 3), np.float32)], np.zeros((0, 3), np.float32))
case("unsortedSegmentSum", [E, np.zeros((0,), np.int32)], np.zeros(3, np.float32), [3])
case("stack", [E, E], np.zeros((2, 0), np.float32)); case("add", [E, E], E); case("equal", [E, E], np.zeros(0, bool)); case("relu", [E], E)

# Gradients: PyTorch's in float64, of the sum of the result.
def gradient(op, inputs, f, args=(), tolerance=2e-6, absolute=0):
    given = [torch.tensor(np.asarray(x, np.float32).astype(np.float64), requires_grad=i == 0) for i, x in enumerate(inputs)]
    f(*given).sum().backward()
    case("gradient " + op, inputs, given[0].grad, args, tolerance, absolute)


inf = math.inf
G = np.array([0, -0.0, 1, -1, 0.5, 1e-30, 30, -30, 88, 100, -100, 1e4, -1e4, 1e18, -1e18], np.float32)
P0 = np.array([0, 1, 4, 1e-30, 1e30], np.float32)
for op, f in {"sqrt": torch.sqrt, "log": torch.log, "log1p": torch.log1p, "rsqrt": lambda x: x[1:].rsqrt()}.items():
    gradient(op, [P0[1:-1] if op == "rsqrt" else P0], torch.rsqrt if op == "rsqrt" else f)
for op, f in {"abs": torch.abs, "relu": F.relu, "relu6": F.relu6, "sign": torch.sign, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
              "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)), "logSigmoid": F.logsigmoid, "elu": F.elu, "selu": F.selu,
              "leakyRelu": lambda x: F.leaky_relu(x, np.float32(0.2).item()), "square": torch.square, "atan": torch.atan,
              "floor": torch.floor, "asinh": torch.asinh, "silu": F.silu, "erf": torch.erf, "gelu": F.gelu}.items():
    gradient(op, [G], f, absolute=1e-6)
gradient("clipByValue", [np.array([-2, -1, 0, 1, 2, 1e30, -1e30], np.float32)], lambda x: torch.clamp(x, -1, 1), [-1, 1])
base = np.array([0, 0, 0, 0, 2, -2, 1, -1, 1e30, 0], np.float32)
power = np.array([0, 1, 2, 0.5, 3, 2, 0, 0, 1, 3], np.float32)
gradient("pow", [base, power], torch.pow)
gradient("powOfExponent", [np.array([0, 1, 2, 3, 0, -1], np.float32), np.array([0, 0, 0, 2, 1, 2], np.float32)], lambda e, b: b ** e)
gradient("div", [np.array([0, 1, -1], np.float32), np.array([2, 1e30, 1e-30], np.float32)], torch.div)
gradient("divisor", [np.array([2, 1e10, 1e-10, 0], np.float32), np.array([1, 1, 1, 1], np.float32)], lambda b, a: a / b)
gradient("atan2", [np.array([0, 0, 1, 1e15], np.float32), np.array([1, -1, 0, 1], np.float32)], torch.atan2)
ties = np.array([[1, 3, 3, 2], [5, 5, 5, 5], [0, -0.0, -1, 0], [1, 2, 3, 4]], np.float32)
gradient("max", [ties], lambda x: torch.amax(x, -1), [-1])
gradient("min", [ties], lambda x: torch.amin(x, -1), [-1])
gradient("euclideanNorm", [np.array([[0, 0, 0], [3, 4, 0], [3e30, 4e30, 0], [3e-30, 4e-30, 0]], np.float32)], lambda x: torch.linalg.vector_norm(x, dim=-1), [-1])
logits = np.array([[0, 0, 0, 0], [1e4, 1e4, 0, -1e4], [100, -100, 0, 1], [1e30, 0, -1e30, 1e30], [88, 89, 90, 91]], np.float32)
first = np.array([1.0, 2, -1, 0.5])
for op, f in {"softmax": torch.softmax, "logSoftmax": torch.log_softmax, "logSumExp": torch.logsumexp}.items():
    if op != "logSumExp":
        gradient(op + "First", [logits], lambda x, f=f: f(x, -1) * torch.tensor(first), [], 1e-5, 1e-6)
# PyTorch's own gradient of two equal numbers of 1e30 is 1 each, since ln 2 is lost.
case("gradient logSumExpFirst", [logits], torch.softmax(torch.tensor(logits.astype(np.float64)), -1), [], 1e-5, 1e-6)
gradient("prod", [np.array([[1, 2, 3], [0, 2, 3], [0, 0, 3], [1e10, 1e10, 1e-10]], np.float32)], lambda x: torch.prod(x, -1), [-1])
gradient("cumprod", [np.array([1, 2, 0, 3, 4], np.float32)], lambda x: torch.cumprod(x, 0))
gradient("mean", [np.full(7, 1e5, np.float32)], torch.mean)
gradient("layerNormalizationFirst", [np.array([[2, 2, 2, 2], [1e5, 1e5, 1e5, 1e5 + 1]], np.float32)], lambda x: F.layer_norm(x, (4,), eps=1e-3) * torch.tensor(first), [], 1e-4, 1e-5)

# Losses of one number out of all proportion: values and gradients, by Keras's definitions in float64.
onehot3 = np.eye(3, dtype=np.float32)
L = np.array([[100, -100, 0], [-100, 100, 0], [1e4, -1e4, 0], [0, 1e4, 1e4], [-1e4, -1e4, -1e4], [1e30, 0, -1e30]], np.float32)
for smoothing in (0, 0.1):
    T = onehot3[[0, 0, 1, 2, 0, 0]]
    ST = T.astype(np.float64) * (1 - smoothing) + smoothing / 3
    cat = lambda t, x, ST=ST: -(torch.tensor(ST) * torch.log_softmax(x, -1)).sum(-1)
    case("categoricalOfLogits", [L, T], cat(None, torch.tensor(L.astype(np.float64))), [smoothing], 2e-6, 1e-6)
    gradient("categoricalOfLogits", [L, T], lambda x, t: cat(t, x), [smoothing], 1e-5, 1e-7)
    SB = T.astype(np.float64) * (1 - smoothing) + smoothing / 2
    bce = lambda x, SB=SB: F.binary_cross_entropy_with_logits(x, torch.tensor(SB), reduction="none").mean(-1)
    case("binaryOfLogits", [L, T], bce(torch.tensor(L.astype(np.float64))), [smoothing], 2e-6, 1e-6)
    gradient("binaryOfLogits", [L, T], lambda x, t: bce(x), [smoothing], 1e-5, 1e-7)
S = np.array([0, 0, 1, 2, 0, 0], np.int32)
sparse = lambda x: F.cross_entropy(x, torch.tensor(S.astype(np.int64)), reduction="none")
case("sparseOfLogits", [L, S], sparse(torch.tensor(L.astype(np.float64))), [], 2e-6, 1e-6)
gradient("sparseOfLogits", [L, S], lambda x, t: sparse(x), [], 1e-5, 1e-7)

# Moments of numbers far from 0, means of many.
for shift in (0.0, 1e3, 1e5, 1e6):
    x = (np.cos(np.arange(96).reshape(8, 12) * 1.7) + shift).astype(np.float32)
    for axis in (0, 1):
        # As PyTorch's float32 has them, where NumPy's rounds the mean first and is off by some percent at 1e6.
        case("variance", [x], np.var(x.astype(np.float64), axis), [axis], 1e-5)
        case("momentsMean", [x], np.mean(x.astype(np.float64), axis), [axis], 1.2e-7, 1e-7)
        gradient("variance", [x], lambda y, axis=axis: torch.var(y, axis, correction=0), [axis], 1e-4, 1e-6)
longs = (np.sin(np.arange(1_000_000) * 12.9898) + 1e5).astype(np.float32)
case("meanOfSines", [np.array([1_000_000, 1e5], np.float32)], np.float32(longs.astype(np.float64).mean()), [], 1e-7)

# Unit vectors.
V = np.array([[3e30, 4e30, 0], [0, 0, 0], [3e-30, 4e-30, 0], [1, 2, 2], [2e38, 2e38, 0]], np.float32)
v64 = V.astype(np.float64); norms = np.linalg.norm(v64, axis=1, keepdims=True)
case("unitVector", [V], np.divide(v64, norms, out=np.zeros_like(v64), where=norms > 0), [], 2e-6)

# Integers beyond 2^24, NaN among what is sorted.
case("oneHot", [np.array([0, 2, 1, -1, 5], np.int32)], np.eye(3, dtype=np.int32)[[0, 2, 1, 0, 0]] * np.array([1, 1, 1, 0, 0], np.int32)[:, None], [3])
case("topkValues", [np.array([16777217, 16777216, 16777219, 16777218, -16777217], np.int32)], np.array([16777219, 16777218, 16777217, 16777216, -16777217], np.int32), [5])
case("uniqueValues", [np.array([2147483647, 2147483646, 2147483647, -2147483648], np.int32)], np.array([2147483647, 2147483646, -2147483648], np.int32))
case("bincount", [np.array([0, 1, 1, 5], np.int32), np.zeros(0, np.float32)], np.bincount([0, 1, 1, 5], minlength=6).astype(np.float32), [6])
case("bincountInt", [np.array([0, 1, 1], np.int32), np.array([16777217, 16777216, 1], np.int32)], np.array([16777217, 16777217], np.int32), [2])
case("equal", [np.array([16777217], np.int32), np.array([16777216], np.int32)], np.array([False]))

# Functions that make fractions of integers, which PyTorch takes as floats.
WHOLE = np.array([16777217, 2147483647, -16777217, 0, 1, -1, 2, 40], np.int32)
w = WHOLE.astype(np.float64)
for op, f in {"acosh": np.arccosh, "asin": np.arcsin, "acos": np.arccos, "asinh": np.arcsinh, "atan": np.arctan, "atanh": np.arctanh, "expm1": np.expm1,
              "sinh": np.sinh, "exp": np.exp, "erf": lambda x: torch.erf(torch.tensor(x)).numpy(), "reciprocal": lambda x: 1 / x, "log1p": np.log1p,
              "softplus": lambda x: np.logaddexp(0, x), "selu": lambda x: F.selu(torch.tensor(x)).numpy(),
              "leakyRelu": lambda x: np.where(x >= 0, x, x * np.float64(np.float32(0.2)))}.items():
    case(op, [WHOLE], f(w))
case("atan2", [WHOLE, WHOLE[::-1].copy()], np.arctan2(w, w[::-1]))
for op, f in {"isNaN": np.isnan, "isInf": np.isinf, "isFinite": np.isfinite}.items():
    case(op, [WHOLE], f(WHOLE))

# Pooling in three axes, with NaN, and empty gradients.
cube = np.arange(128, dtype=np.float32).reshape(1, 4, 4, 4, 2); cube[0, 1, 1, 1, 0] = n
tc = torch.tensor(cube.astype(np.float64)).permute(0, 4, 1, 2, 3)
case("maxPool3d", [cube], F.max_pool3d(tc, 2).permute(0, 2, 3, 4, 1), [2, 2, "valid"])
case("avgPool3d", [cube], F.avg_pool3d(tc, 2).permute(0, 2, 3, 4, 1), [2, 2, "valid"])
# Two channels: of one, PyTorch takes its channels-last way, whose gradient of -infinity goes to another window.
low = np.full((1, 4, 4, 4, 2), -inf, np.float32); low[0, 3, 3, 3, 0] = n
case("maxPool3d", [low], F.max_pool3d(torch.tensor(low).permute(0, 4, 1, 2, 3), 2).permute(0, 2, 3, 4, 1), [2, 2, "valid"])
for op, f in {"maxPool3d": F.max_pool3d, "avgPool3d": F.avg_pool3d}.items():
    gradient(op, [low if op == "maxPool3d" else cube[:, :, :, :, 1:]], lambda x, f=f: f(x.permute(0, 4, 1, 2, 3).contiguous(), 2), [2, 2, "valid"])
for rows in (0, 2):
    image = np.ones((rows, 4, 4, 2), np.float32)
    gradient("filterOfConv2d", [np.ones((3, 3, 2, 2), np.float32), image], lambda w, x: F.conv2d(x.permute(0, 3, 1, 2), w.permute(3, 2, 0, 1), padding=1))
    gradient("filterOfDepthwise", [np.ones((3, 3, 2, 1), np.float32), image], lambda w, x: F.conv2d(x.permute(0, 3, 1, 2), w.permute(2, 3, 0, 1), padding=1, groups=2))
    if rows == 0:
        for op, w in (("conv2d", np.ones((3, 3, 2, 2), np.float32)), ("depthwiseConv2d", np.ones((3, 3, 2, 1), np.float32))):
            case("gradient " + op, [image, w], image, [1, "same"])
        case("gradient maxPool", [image], image, [2, 2, "valid"]); case("gradient avgPool", [image], image, [2, 2, "valid"])
case("gradient filterOfConv2d", [np.ones((3, 3, 16, 16), np.float32), np.zeros((0, 32, 32, 16), np.float32)], np.zeros((3, 3, 16, 16), np.float32))
case("gradient unsortedSegmentSum", [E, np.zeros((0,), np.int32)], E, [3])
case("unsortedSegmentSum", [np.zeros((0, 2), np.float32), np.zeros((0,), np.int32)], np.zeros((3, 2), np.float32), [3])
level = np.ones((1, 4, 4, 4, 2), np.float32)
gradient("maxPool3d", [level], lambda x: F.max_pool3d(x.permute(0, 4, 1, 2, 3).contiguous(), 2), [2, 2, "valid"])

out = Path(__file__).parent / "golden" / "edges.json"
written = ",\n".join("    " + json.dumps(t, separators=(",", ":")) for t in tensors)
rows_ = ",\n".join("    " + json.dumps(c, separators=(",", ":")) for c in cases)
made = {"numpy": np.__version__, "torch": torch.__version__, "script": "parity/edges.py"}
out.write_text('{\n  "madeWith": ' + json.dumps(made) + ',\n  "tensors": [\n' + written + '\n  ],\n  "cases": [\n' + rows_ + "\n  ]\n}\n")
print(len(cases), "cases", out.stat().st_size, "bytes")
