"""Golden pixels of JPEG and PNG files, as Pillow (libjpeg-turbo) and, for 16 bits, OpenCV (libpng) read them.

Writes golden/images.json: each file and its pixels, both in base64, the pixels deflated. Needs pillow, opencv-python-headless
and cjpeg of libjpeg-turbo (Debian: libjpeg-turbo-progs). Run from this folder: python3 images.py
"""

import base64
import io
import json
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import cv2
import numpy as np
import PIL
from PIL import Image, ImageOps, features

GOLDEN = Path(__file__).parent / "golden" / "images.json"
rng = np.random.default_rng(20260101)
cases = []


def picture(width, height, channels=3):
    """Slopes, an edge and noise, so that every way to upsample gives other pixels."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [
        127 + 120 * np.sin((x * (c + 1) + y * (3 - c)) / 9 + c) * ((x // 9 + y // 7 + c) % 3 - 1) for c in range(channels)
    ]
    noisy = np.stack(planes, -1) + rng.normal(0, 12, (height, width, channels))
    return np.clip(noisy, 0, 255).astype(np.uint8)


def add(name, file, pixels, within=0):
    pixels = np.asarray(pixels)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    cases.append(
        {
            "name": name,
            "within": within,
            "shape": list(pixels.shape),
            "file": base64.b64encode(file).decode(),
            "pixels": base64.b64encode(zlib.compress(pixels.astype(np.uint8).tobytes(), 9)).decode(),
        }
    )


def cjpeg(pixels, *options, scans=None):
    height, width, _ = pixels.shape
    args = ["cjpeg", *options]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as script:
        if scans:
            script.write(scans)
            script.flush()
            args += ["-scans", script.name]
        header = f"P6 {width} {height} 255\n".encode()
        return subprocess.run(args, input=header + pixels.tobytes(), capture_output=True, check=True).stdout


def pillow(file):
    image = Image.open(io.BytesIO(file))
    return image if image.mode in ("L", "RGB") else image.convert("RGB")


def saved(pixels, mode=None, **options):
    out = io.BytesIO()
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels, mode)
    image.save(out, "JPEG", **options)
    return out.getvalue()


def jpeg(name, file):
    add(f"jpeg {name}", file, pillow(file), within=1)


def without(file, marker):
    """The file without its segments of one kind."""
    out, at = file[:2], 2
    while file[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", file[at + 2 : at + 4])[0]
        if file[at + 1] != marker:
            out += file[at:end]
        at = end
    return out + file[at:]


SAMPLINGS = ("1x1", "2x1", "1x2", "2x2", "4x1", "1x4", "4x2", "2x4")
for sampling in SAMPLINGS:
    for kind in ((), ("-progressive",)):
        jpeg(f"{sampling} {' '.join(kind)}", cjpeg(picture(53, 38), "-sample", sampling, "-quality", "85", *kind))
for sampling in ("1x1", "2x1", "1x2", "2x2", "4x1"):
    for width, height in ((1, 1), (2, 1), (1, 2), (3, 2), (2, 3), (4, 5), (5, 4), (7, 9), (8, 8), (9, 16), (16, 17), (17, 33)):
        jpeg(f"{sampling} of {width} x {height}", cjpeg(picture(width, height), "-sample", sampling, "-optimize"))
jpeg("mixed sampling", cjpeg(picture(41, 29), "-sample", "2x2,1x2,2x1"))
jpeg("RGB with mixed sampling", cjpeg(picture(41, 29), "-rgb", "-sample", "1x1,2x2,1x1"))
jpeg("chroma finer than luma", cjpeg(picture(41, 29), "-sample", "1x1,2x2,2x2"))
for quality in ("1", "30", "100"):
    jpeg(f"quality {quality}", cjpeg(picture(40, 30), "-quality", quality, "-sample", "2x2"))
for interval in ("1B", "3B", "5B", "1", "2"):
    for kind in ((), ("-progressive",), ("-grayscale",), ("-grayscale", "-progressive")):
        file = cjpeg(picture(50, 37), "-restart", interval, "-sample", "2x2", "-optimize", *kind)
        jpeg(f"restart {interval} {' '.join(kind)}", file)
for kind in ((), ("-progressive",), ("-optimize",)):
    jpeg(f"grey {' '.join(kind)}", cjpeg(picture(33, 21), "-grayscale", *kind))
jpeg("one scan a component", cjpeg(picture(50, 37), "-sample", "2x2", scans="0;\n1;\n2;\n"))
jpeg("two scans", cjpeg(picture(50, 37), "-sample", "2x1", "-restart", "7B", scans="0;\n1,2;\n"))
jpeg("many scans", cjpeg(picture(50, 37), scans="".join(
    ["0,1,2: 0-0, 0, 2;\n", "0,1,2: 0-0, 2, 1;\n", "0,1,2: 0-0, 1, 0;\n"]
    + [f"{c}: {a}-{b}, 0, 3;\n{c}: {a}-{b}, 3, 2;\n{c}: {a}-{b}, 2, 1;\n{c}: {a}-{b}, 1, 0;\n"
       for c in (0, 1, 2) for a, b in ((1, 1), (2, 5), (6, 20), (21, 63))])))
rgb = saved(picture(30, 22), quality=90, keep_rgb=True)
jpeg("RGB, Adobe transform 0", rgb)
jpeg("RGB by the names of components", without(rgb, 0xEE))
jpeg("RGB, progressive", saved(picture(30, 22), quality=90, keep_rgb=True, progressive=True))
jpeg("YCC without JFIF", without(saved(picture(30, 22)), 0xE0))
jpeg("without Huffman tables", without(cjpeg(picture(30, 22)), 0xC4))
for sub, word in ((0, "4:4:4"), (2, "4:2:0")):
    cmyk = saved(picture(37, 26, 4), "CMYK", quality=92, subsampling=sub)
    jpeg(f"CMYK {word}", cmyk)
    at = cmyk.index(b"Adobe") + 11
    jpeg(f"YCCK {word}", cmyk[:at] + b"\x02" + cmyk[at + 1 :])
jpeg("CMYK progressive", saved(picture(37, 26, 4), "CMYK", progressive=True))
jpeg("OpenCV, restart 4", cv2.imencode(".jpg", picture(45, 31), [cv2.IMWRITE_JPEG_RST_INTERVAL, 4])[1].tobytes())
plain = cjpeg(picture(24, 17))
jpeg("bytes after the end", plain + b"garbage \xff\xd8\xff\xda\x00")
jpeg("fill bytes before markers", plain[:2] + b"\xff" * 5 + plain[2:-2] + b"\xff\xff\xff" + plain[-2:])
jpeg("a comment and other segments", plain[:2] + b"\xff\xfe\x00\x05abc\xff\xe5\x00\x02" + plain[2:])
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for order, start in (("little", b"II"), ("big", b"MM")):
        exif.endian = "<" if order == "little" else ">"
        file = saved(picture(21, 13), exif=exif)
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
        add(f"jpeg orientation {orientation} {order}", file, upright, within=1)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def rows_of(samples, depth):
    """Rows of samples as filtered bytes, each row with the next filter."""
    height = samples.shape[0]
    flat = samples.reshape(height, -1)
    if depth == 16:
        packed = np.stack([flat >> 8, flat & 255], -1).reshape(height, -1).astype(np.uint8)
    elif depth == 8:
        packed = flat.astype(np.uint8)
    else:
        bits = ((flat[..., None] >> np.arange(depth - 1, -1, -1)) & 1).reshape(height, -1)
        packed = np.packbits(bits.astype(np.uint8), axis=1)
    back = max(1, samples.shape[2] * depth // 8)
    out = b""
    above = np.zeros(packed.shape[1], int)
    for y, row in enumerate(packed.astype(int)):
        left = np.concatenate([np.zeros(back, int), row])[: len(row)]
        corner = np.concatenate([np.zeros(back, int), above])[: len(row)]
        guess = left + above - corner
        a, b, c = abs(guess - left), abs(guess - above), abs(guess - corner)
        paeth = np.where((a <= b) & (a <= c), left, np.where(b <= c, above, corner))
        kind = y % 5
        out += bytes([kind]) + ((row - (0, left, above, (left + above) // 2, paeth)[kind]) % 256).astype(np.uint8).tobytes()
        above = row
    return out


def png(samples, colour, depth, interlaced=False, chunks=(), idat=None, after=b"", end=True, stream=b""):
    height, width = samples.shape[:2]
    samples = samples.reshape(height, width, CHANNELS[colour])
    parts = [samples[top::down, left::across] for left, top, across, down in (ADAM7 if interlaced else ((0, 0, 1, 1),))]
    data = zlib.compress(b"".join(rows_of(part, depth) for part in parts if part.size), 9) + stream
    size = idat or len(data)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))
    out += b"".join(chunk(kind, body) for kind, body in chunks)
    out += b"".join(chunk(b"IDAT", data[i : i + size]) for i in range(0, len(data), size)) + after
    return out + (chunk(b"IEND", b"") if end else b"")


def read_png(file, colour, depth, transparent, samples):
    if depth == 16:
        # Pillow cuts to 8 bits; here they are rounded.
        wide = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_UNCHANGED)
        assert wide.dtype == np.uint16
        if colour in (2, 6):
            swapped = cv2.COLOR_BGR2RGB if wide.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
            assert (cv2.cvtColor(wide, swapped)[..., : CHANNELS[colour]] == samples).all()
        rounded = np.floor(samples * 255 / 65535 + 0.5).astype(np.uint8)
        if not transparent:
            return rounded
        alpha = np.where((samples == samples[0, 0]).all(-1), 0, 255)
        return np.concatenate([rounded, alpha[..., None]], -1)
    image = Image.open(io.BytesIO(file))
    image.load()
    target = {0: "LA" if transparent else "L", 2: "RGBA" if transparent else "RGB",
              3: "RGBA" if transparent else "RGB", 4: "LA", 6: "RGBA"}[colour]
    return image.convert(target)


for colour, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
    for depth in depths:
        for interlaced in (False, True):
            for transparent in (False, True) if colour in (0, 2, 3) else (False,):
                # Pillow takes the transparent grey of fewer than 8 bits for one of 8.
                if transparent and colour == 0 and depth in (2, 4):
                    continue
                for width, height in ((19, 11),) if transparent else ((19, 11), (1, 1), (3, 6)):
                    samples = rng.integers(0, 2**depth, (height, width, CHANNELS[colour]))
                    samples[height // 2 :, width // 2 :] = samples[0, 0]
                    chunks = []
                    if colour == 3:
                        chunks.append((b"PLTE", rng.integers(0, 256, 3 * 2**depth).astype(np.uint8).tobytes()))
                        if transparent:
                            chunks.append((b"tRNS", rng.integers(0, 256, max(1, 2**depth - 3)).astype(np.uint8).tobytes()))
                    elif transparent:
                        chunks.append((b"tRNS", b"".join(struct.pack(">H", v) for v in samples[0, 0])))
                    file = png(samples, colour, depth, interlaced, chunks)
                    words = f"{' interlaced' if interlaced else ''}{' tRNS' if transparent else ''}"
                    pixels = read_png(file, colour, depth, transparent, samples)
                    add(f"png type {colour}, {depth} bits, {width} x {height}{words}", file, pixels)

small = rng.integers(0, 256, (9, 14, 3))
profile = (b"iCCP", b"x\0\0" + zlib.compress(b"\0" * 1000))
others = [(b"gAMA", struct.pack(">I", 10000)), profile, (b"tEXt", b"a\0b"), (b"zTXt", b"a\0\0" + zlib.compress(b"b" * 5000)),
          (b"sRGB", b"\0"), (b"PLTE", bytes(range(30))), (b"pHYs", bytes(9)), (b"tIME", bytes(7))]
add("png gamma, profile, texts", file := png(small, 2, 8, chunks=others), pillow(file))
add("png a byte a chunk", file := png(small, 2, 8, idat=1), pillow(file))
add("png without an end", file := png(small, 2, 8, end=False), pillow(file))
add("png bytes after the end", file := png(small, 2, 8) + b"garbage", pillow(file))
add("png bytes after the compressed pixels", file := png(small, 2, 8, stream=b"more"), pillow(file))
frames = [Image.fromarray(picture(15, 12)) for _ in range(3)]
out = io.BytesIO()
frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
add("png animated", out.getvalue(), frames[0])
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    Image.fromarray(picture(9, 5)).save(out, "PNG", exif=exif)
    add(f"png orientation {orientation}", out.getvalue(), ImageOps.exif_transpose(Image.open(io.BytesIO(out.getvalue()))))

made_with = {
    "pillow": PIL.__version__,
    "libjpeg-turbo": features.version("libjpeg_turbo"),
    "opencv": cv2.__version__,
    "script": "parity/images.py",
}
body = ",\n".join("    " + json.dumps(case) for case in cases)
text = f'{{\n  "madeWith": {json.dumps(made_with)},\n  "cases": [\n{body}\n  ]\n}}\n'
GOLDEN.write_text(text)
print(f"images.json: {len(cases)} cases, {len(text) / 1024:.0f} kB")
