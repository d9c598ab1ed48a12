"""What the Python package safetensors makes of small odd files.

Writes golden/safetensors-verdicts.json: each file in hexadecimal, and what the package reads it as: the dtype and shape of
each tensor, or its error. Run from this folder: python3 safetensors_verdicts.py
"""

import json
import struct
from pathlib import Path

import safetensors
from safetensors import deserialize

GOLDEN = Path(__file__).parent / "golden"


def file(header: object, data: bytes = b"", length: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def one(dtype: str, shape: list, begin: int, end: int, **more: object) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end], **more}


F32 = b'{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
FOUR = bytes(4)
WIDTHS = {
    "BOOL": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8,
    "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32,
    "C64": 64, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip

files: dict[str, bytes] = {
    "empty": b"",
    "seven bytes": bytes(7),
    "a header of nothing": file(b""),
    "no tensors": file({}),
    "a length of one more": file({}, b"", 3),
    "a length beyond 100 MB": file({}, b"", 100_000_001),
    "a length of 2^63": file({}, b"", 2**63),
    "a length of 2^64 - 1": file({}, b"", 2**64 - 1),
    "padded by blanks": file(b"{}      "),
    "padded by all white space": file(b"{}\r \t\n"),
    "white space before": file(b"\t\n {}"),
    "padded by zeros": file(b"{}\0\0"),
    "a byte order mark": file(b"\xef\xbb\xbf{}"),
    "not UTF-8": file(b'{"\xff":' + F32 + b"}", FOUR),
    "a list": file([]),
    "null": file(b"null"),
    "a number": file(b"1"),
    "text": file(b'"x"'),
    "two objects": file(b"{}{}"),
    "a comma at the end": file(b'{"a":' + F32 + b",}", FOUR),
    "a comment": file(b"{/**/}"),
    "single quotes": file(b"{'a':" + F32 + b"}", FOUR),
    "cut off": file(b'{"a":' + F32, FOUR),
    "a tensor": file(b'{"a":' + F32 + b"}", FOUR),
    "white space within": file(b'{ "a" : ' + F32.replace(b":", b" :\n\t") + b" }", FOUR),
    "an escaped name": file(b'{"\\u0061\\n\\"\\/":' + F32 + b"}", FOUR),
    "an astral name in escapes": file(b'{"\\ud83d\\ude00":' + F32 + b"}", FOUR),
    "half a surrogate": file(b'{"\\ud83d":' + F32 + b"}", FOUR),
    "a wrong escape": file(b'{"\\x":' + F32 + b"}", FOUR),
    "a control character in a name": file(b'{"a\n":' + F32 + b"}", FOUR),
    "an empty name": file(b'{"":' + F32 + b"}", FOUR),
    "the name __proto__": file(b'{"__proto__":' + F32 + b"}", FOUR),
    "the name constructor": file(b'{"constructor":' + F32 + b"}", FOUR),
    "the name 0": file(b'{"b":' + F32 + b',"0":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', FOUR * 2),
    "a name twice": file(b'{"a":' + F32 + b',"a":' + F32 + b"}", FOUR),
    "a field twice": file(b'{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}', FOUR),
    "metadata twice": file(b'{"__metadata__":{},"__metadata__":{}}'),
    "a key of metadata twice": file(b'{"__metadata__":{"a":"1","a":"2"}}'),
    "metadata": file({"__metadata__": {"a": "b", "__proto__": "c", "": "d"}}),
    "metadata of null": file({"__metadata__": None}),
    "metadata of numbers": file({"__metadata__": {"a": 1}}),
    "metadata of null values": file({"__metadata__": {"a": None}}),
    "metadata of objects": file({"__metadata__": {"a": {}}}),
    "metadata of text": file({"__metadata__": "a"}),
    "metadata of a list": file({"__metadata__": []}),
    "no dtype": file({"a": {"shape": [1], "data_offsets": [0, 4]}}, FOUR),
    "no shape": file({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, FOUR),
    "no offsets": file({"a": {"dtype": "F32", "shape": [1]}}, FOUR),
    "an entry of null": file({"a": None}, FOUR),
    "an entry of a number": file({"a": 3}, FOUR),
    "a field of its own": file({"a": one("F32", [1], 0, 4, more=[{"x": [None, True, 1.5e3, "t"]}])}, FOUR),
    "a field of its own that is broken": file(b'{"a":' + F32[:-1] + b',"x":[1,}}', FOUR),
    "three offsets": file({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 4]}}, FOUR),
    "one offset": file({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}, FOUR),
    "a shape of text": file({"a": {"dtype": "F32", "shape": "1", "data_offsets": [0, 4]}}, FOUR),
    "a shape of null": file({"a": {"dtype": "F32", "shape": None, "data_offsets": [0, 4]}}, FOUR),
    "an axis of 1.0": file({"a": one("F32", [1.0], 0, 4)}, FOUR),
    "an axis of 1e0": file(b'{"a":{"dtype":"F32","shape":[1e0],"data_offsets":[0,4]}}', FOUR),
    "an axis of 01": file(b'{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}', FOUR),
    "an axis of -1": file({"a": one("F32", [-1], 0, 4)}, FOUR),
    "an axis of -0": file(b'{"a":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'),
    "an axis of true": file({"a": one("F32", [True], 0, 4)}, FOUR),
    "an axis of '1'": file({"a": one("F32", ["1"], 0, 4)}, FOUR),
    "an axis of 2^64": file({"a": one("F32", [2**64], 0, 4)}, FOUR),
    "axes beyond 2^64": file({"a": one("F32", [2**40, 2**40], 0, 4)}, FOUR),
    "bytes beyond 2^64": file({"a": one("F64", [2**61 - 1], 0, 8)}, FOUR * 2),
    "an axis of 2^53 + 1 and one of 0": file({"a": one("F32", [0, 2**53 + 1], 0, 0)}),
    "a scalar": file({"a": one("F32", [], 0, 4)}, FOUR),
    "an empty tensor": file({"a": one("F32", [2, 0], 0, 0)}),
    "empty tensors between": file({"a": one("F32", [1], 0, 4), "b": one("F32", [0], 4, 4), "c": one("I8", [1], 4, 5)}, bytes(5)),
    "an empty tensor beyond the end": file({"a": one("F32", [0], 8, 8)}),
    "too few bytes for the shape": file({"a": one("F32", [2], 0, 4)}, FOUR),
    "too many bytes for the shape": file({"a": one("F32", [1], 0, 8)}, bytes(8)),
    "a gap": file({"a": one("F32", [1], 0, 4), "b": one("F32", [1], 8, 12)}, bytes(12)),
    "a gap at the start": file({"a": one("F32", [1], 4, 8)}, bytes(8)),
    "an overlap": file({"a": one("F32", [2], 0, 8), "b": one("F32", [1], 4, 8)}, bytes(8)),
    "the same bytes twice": file({"a": one("F32", [1], 0, 4), "b": one("F32", [1], 0, 4)}, FOUR),
    "offsets that go back": file({"a": one("F32", [1], 4, 0)}, FOUR),
    "out of order": file({"b": one("F32", [1], 4, 8), "a": one("F32", [1], 0, 4)}, bytes(8)),
    "not aligned": file({"a": one("U8", [1], 0, 1), "b": one("F32", [1], 1, 5)}, bytes(5)),
    "bytes left over": file({"a": one("F32", [1], 0, 4)}, bytes(5)),
    "data cut off": file({"a": one("F32", [1], 0, 4)}, bytes(3)),
    "an unknown dtype": file({"a": one("F128", [1], 0, 16)}, bytes(16)),
    "a dtype in small letters": file({"a": one("f32", [1], 0, 4)}, FOUR),
    "a dtype of a number": file(b'{"a":{"dtype":1,"shape":[1],"data_offsets":[0,4]}}', FOUR),
    "three values of four bits": file({"a": one("F4", [3], 0, 1)}, bytes(1)),
    "two values of six bits": file({"a": one("F6_E2M3", [2], 0, 2)}, bytes(2)),
    "a bool of 2": file({"a": one("BOOL", [1], 0, 1)}, b"\x02"),
    "100 lists within lists": file(b'{"a":' + F32[:-1] + b',"x":' + b"[" * 100 + b"]" * 100 + b"}}", FOUR),
    "200 lists within lists": file(b'{"a":' + F32[:-1] + b',"x":' + b"[" * 200 + b"]" * 200 + b"}}", FOUR),
}
for dtype, bits in WIDTHS.items():
    files[f"eight of {dtype}"] = file({"a": one(dtype, [2, 4], 0, bits)}, bytes(bits))

verdicts = {}
for name, content in files.items():
    verdict: dict[str, object] = {"hex": content.hex()}
    try:
        read = deserialize(content)
        verdict["tensors"] = {key: [str(value["dtype"]), list(value["shape"])] for key, value in read}
    except Exception as error:
        verdict["error"] = str(error)
    verdicts[name] = verdict

document = {"generator": f"safetensors {safetensors.__version__}", "files": verdicts}
(GOLDEN / "safetensors-verdicts.json").write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
