"""Golden values of image resizing, from torch.nn.functional.interpolate.

Writes golden/image.json. Run from this folder: python3 image.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

GOLDEN = Path(__file__).parent / "golden" / "image.json"
torch.manual_seed(20260101)

cases = []
for (height, width), (to_height, to_width), channels in (
    ((7, 5), (3, 2), 1),
    ((7, 5), (14, 11), 1),
    ((9, 12), (4, 20), 3),
    ((12, 9), (12, 9), 1),
    ((31, 17), (1, 1), 1),
    ((1, 1), (3, 3), 3),
    ((16, 40), (7, 7), 2),
):
    image = torch.randint(0, 256, (height, width, channels))
    planes = image.permute(2, 0, 1)[None].double()
    for antialias in (True, False):
        out = F.interpolate(
            planes, size=(to_height, to_width), mode="bilinear", align_corners=False, antialias=antialias
        )
        cases.append(
            {
                "shape": [height, width, channels],
                "data": image.flatten().tolist(),
                "to": [to_height, to_width],
                "antialias": antialias,
                "values": [round(value, 6) for value in out[0].permute(1, 2, 0).flatten().tolist()],
            }
        )

made_with = {"torch": torch.__version__, "script": "parity/image.py"}
body = ",\n".join("    " + json.dumps(case) for case in cases)
GOLDEN.write_text(f'{{\n  "madeWith": {json.dumps(made_with)},\n  "cases": [\n{body}\n  ]\n}}\n')
