"""Files of the Python package safetensors, and the values in them.

Writes golden/safetensors-read.safetensors (every dtype that is read), golden/safetensors-written.safetensors (those
that are written, for comparing bytes) and golden/safetensors.json (the values). Run from this folder: python3 safetensors_golden.py
"""

import json
from pathlib import Path

import numpy as np
import safetensors
from safetensors import TensorSpec, serialize_file

GOLDEN = Path(__file__).parent / "golden"

halves = [0.0, -0.0, 1.0, -2.5, 65504.0, 2.0**-24, 6.1035e-05, float("inf"), float("-inf"), float("nan")]
arrays = {
    "f64": ("float64", np.array([[0.1, -1e300], [5e-324, np.inf]])),
    "f32": ("float32", np.linspace(-1, 1, 6, dtype=np.float32).reshape(2, 3)),
    "f16": ("float16", np.array(halves, dtype=np.float16)),
    "i64": ("int64", np.array([-(2**31), 2**31 - 1, 7], dtype=np.int64)),
    "u64": ("uint64", np.array([0, 2**31 - 1], dtype=np.uint64)),
    "u32": ("uint32", np.array([[0], [2**31 - 1]], dtype=np.uint32)),
    "u16": ("uint16", np.array([0, 2**16 - 1, 258], dtype=np.uint16)),
    "i32": ("int32", np.array([[[-5]], [[6]]], dtype=np.int32)),
    "i16": ("int16", np.array([-32768, 32767], dtype=np.int16)),
    "i8": ("int8", np.array([-128, 127, 1], dtype=np.int8)),
    "u8": ("uint8", np.array([0, 255, 3], dtype=np.uint8)),
    "bool": ("bool", np.array([True, False, True])),
    "scalar": ("float32", np.array(3.5, dtype=np.float32)),
    "empty": ("float32", np.zeros((0, 4), dtype=np.float32)),
    "model/ü\"ber": ("float32", np.array([1], dtype=np.float32)),
}
# bfloat16 is the upper half of a float32.
truncated = (np.array([1.0, -3.140625, 1e38, np.inf], dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16)

ONLY_READ = {"f16", "i64", "bf16", "u64", "u32", "u16"}


def spec(dtype: str, array: np.ndarray) -> TensorSpec:
    return TensorSpec(dtype=dtype, shape=list(array.shape), data_ptr=array.ctypes.data, data_len=array.nbytes)


specs = {name: spec(dtype, array) for name, (dtype, array) in arrays.items()}
specs["bf16"] = spec("bfloat16", truncated)
serialize_file(specs, GOLDEN / "safetensors-read.safetensors", {"format": "np"})
written = {name: one for name, one in specs.items() if name not in ONLY_READ}
serialize_file(written, GOLDEN / "safetensors-written.safetensors", {"format": "np"})


def text(value: float) -> str:
    """JSON has no NaN; 17 digits bring every double back."""
    return repr(float(value))


expected = {
    name: {"shape": list(a.shape), "values": [text(value) for value in a.ravel().tolist()]}
    for name, (_, a) in arrays.items()
}
back = (truncated.astype(np.uint32) << 16).view(np.float32)
expected["bf16"] = {"shape": [4], "values": [text(value) for value in back.tolist()]}
document = {"generator": f"safetensors {safetensors.__version__}, numpy {np.__version__}", "tensors": expected}
(GOLDEN / "safetensors.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
