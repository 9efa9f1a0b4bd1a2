"""What Pillow and tifffile read from image files: one path a line in, one JSON object a line out.

Each reading is the shape [height, width, channels], the type, and the SHA-256 of the values, row by row. A file has
several readings where the peers themselves differ: any of them is right.
"""
import hashlib
import json
import sys
import warnings

import numpy as np
from PIL import Image, ImageOps

try:
    import tifffile
except ImportError:
    tifffile = None
try:
    import cv2
except ImportError:
    cv2 = None

warnings.simplefilter("ignore")
Image.MAX_IMAGE_PIXELS = None


def reading(peer, values):
    values = np.asarray(values)
    if values.ndim == 2:
        values = values[:, :, None]
    if values.ndim != 3:
        raise ValueError(f"{values.ndim} axes")
    if values.dtype == bool:
        values = values.astype(np.uint8) * 255
    if values.dtype in (np.float16, np.float64):
        values = values.astype(np.float32)
    if values.dtype == np.int8:
        values = values.astype(np.int16)
    if values.dtype in (np.uint32, np.int64, np.uint64) and values.max(initial=0) < 2**31:
        values = values.astype(np.int32)
    values = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<")))
    return {
        "peer": peer,
        "shape": list(values.shape),
        "type": str(values.dtype),
        "sha256": hashlib.sha256(values.tobytes()).hexdigest(),
    }


def by_pillow(path):
    with Image.open(path) as image:
        image.load()
        if getattr(image, "is_animated", False):
            image.seek(0)
        upright = ImageOps.exif_transpose(image)
        mode = upright.mode
        if mode in ("P", "PA"):
            transparent = mode == "PA" or "transparency" in upright.info
            upright = upright.convert("RGBA" if transparent else "RGB")
        elif mode in ("CMYK", "YCbCr", "HSV", "LAB"):
            upright = upright.convert("RGB")
        elif mode in ("RGB", "L", "1") and "transparency" in upright.info:
            yield reading("Pillow", upright.convert("RGBA" if mode == "RGB" else "LA"))
        values = np.asarray(upright)
        yield reading("Pillow", values)
        if values.dtype == np.int32 and values.min(initial=0) >= 0 and values.max(initial=0) < 65536:
            yield reading("Pillow", values.astype(np.uint16))  # mode I stands for 16 bits, too
        if values.ndim == 3 and values.shape[2] in (3, 4) and (values[:, :, 0] == values[:, :, 1]).all() and (values[:, :, 0] == values[:, :, 2]).all():
            # A palette of grays alone is one channel, and so is a gray JPEG.
            yield reading("Pillow", values[:, :, 0] if values.shape[2] == 3 else values[:, :, [0, 3]])


def is_deep_colour(path):
    """A PNG of 16 bits and several channels, which Pillow cuts to 8 bits."""
    head = open(path, "rb").read(26)
    return head[:4] == b"\x89PNG" and head[24] == 16 and head[25] in (2, 4, 6)


def by_opencv(path):
    values = cv2.imread(path, cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("unreadable")
    order = [2, 1, 0, 3][: values.shape[2]] if values.ndim == 3 else None
    yield reading("OpenCV", values if order is None else values[:, :, order])


def by_tifffile(path):
    with tifffile.TiffFile(path) as file:
        page = file.pages[0]
        values = page.asarray()
        planar = page.planarconfig == 2 and values.ndim == 3
        values = np.moveaxis(values, 0, -1) if planar else values
        yield reading("tifffile", values)
        if page.photometric == 0 and values.dtype.kind == "u":  # MinIsWhite, as a picture is seen
            top = 2**page.bitspersample - 1
            yield reading("tifffile", (top - values).astype(values.dtype))
        if page.bitspersample in (2, 4) and values.dtype == np.uint8:
            yield reading("tifffile", values * (255 // (2**page.bitspersample - 1)))
        axes, series = file.series[0].axes, file.series[0].asarray()
        for name in "CSQI":
            if name in axes and series.ndim in (3, 4):
                channels = np.moveaxis(series, axes.index(name), -1)
                yield reading("tifffile", channels if series.ndim == 3 else channels[0])  # the first slice


for line in sys.stdin:
    path = line.rstrip("\n")
    readings, reasons = [], []
    peers = [by_opencv if cv2 and is_deep_colour(path) else by_pillow] + ([by_tifffile] if tifffile and open(path, "rb").read(4)[:2] in (b"II", b"MM") else [])
    for peer in peers:
        try:
            readings += list(peer(path))
        except Exception as error:  # whatever a decoder throws: the file is refused
            reasons.append(f"{peer.__name__[3:]}: {type(error).__name__}: {error}"[:200])
    print(json.dumps({"path": path, "readings": readings, "reasons": reasons}), flush=True)
