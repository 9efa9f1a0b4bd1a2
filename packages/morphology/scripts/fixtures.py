"""Writes test/fixtures/scipy.json: results of scipy.ndimage on small random masks. Run: python3 scripts/fixtures.py"""
import json
import os

import numpy as np
import scipy
from scipy import ndimage as ndi

SEED = 7
rng = np.random.default_rng(SEED)


def flat(a):
    return np.asarray(a).ravel().tolist()


def bits(a):
    return "".join("1" if x else "0" for x in np.asarray(a).ravel())


def blob(shape, sigma, level=0.0):
    return (ndi.gaussian_filter(rng.standard_normal(shape), sigma) > level).astype(np.uint8)


cases = []
masks = [
    blob((9, 13), 1.0),
    (rng.random((8, 7)) < 0.8).astype(np.uint8),
    (rng.random((1, 11)) < 0.7).astype(np.uint8),
    (rng.random((11, 1)) < 0.7).astype(np.uint8),
    blob((20, 24), 2.0),
    blob((5, 6, 7), 0.8),
    (rng.random((6, 5, 8)) < 0.85).astype(np.uint8),
]
for mask in masks:
    mask.flat[3] = 0  # scipy's distances need some background
    axes = mask.ndim
    spacing = [0.5, 1.25, 2.0][-axes:]
    cross = ndi.generate_binary_structure(axes, 1)
    box = np.ones((3,) * axes)
    offsets = np.stack(np.meshgrid(*[np.arange(-2, 3)] * axes, indexing="ij"))
    ball = (offsets**2).sum(0) <= 2.5**2
    padded = np.pad(mask, 4)
    # Lopsided and of an even side, so that a mirrored element or a wrong centre shows.
    drawn = np.array([[1, 1, 0], [0, 1, 0]]) if axes == 2 else np.array([[[1, 1, 0], [0, 1, 0]], [[0, 0, 1], [0, 1, 0]]])
    origins = [[0] * axes, [-1] + [0] * (axes - 2) + [1]]
    morphed = {
        "erode": ndi.binary_erosion,
        "dilate": ndi.binary_dilation,
        "open": ndi.binary_opening,
        "close": ndi.binary_closing,
    }
    steps = [(name, border) for name in morphed for border in (0, 1)]
    inner = tuple(slice(4, -4) for _ in range(axes))
    cases.append(
        {
            "shape": list(mask.shape),
            "mask": flat(mask),
            "spacing": spacing,
            "distance": np.round(ndi.distance_transform_edt(mask), 6).ravel().tolist(),
            "distanceSpaced": np.round(ndi.distance_transform_edt(mask, sampling=spacing), 6).ravel().tolist(),
            "outside": np.round(ndi.distance_transform_edt(1 - mask), 6).ravel().tolist(),
            "components": [flat(ndi.label(mask, ndi.generate_binary_structure(axes, c))[0]) for c in range(1, axes + 1)],
            "dilate": flat(ndi.binary_dilation(mask, cross, 2).astype(int)),
            "erode": flat(ndi.binary_erosion(mask, cross).astype(int)),
            "erodeBox": flat(ndi.binary_erosion(mask, box).astype(int)),
            "dilateBox": flat(ndi.binary_dilation(mask, np.ones((5,) * axes)).astype(int)),
            "dilateBall": flat(ndi.binary_dilation(mask, ball).astype(int)),
            "open": flat(ndi.binary_opening(mask, cross).astype(int)),
            "close": flat(ndi.binary_closing(padded, cross, 2)[inner].astype(int)),
            "fillHoles": flat(ndi.binary_fill_holes(mask).astype(int)),
            "chessboard": flat(ndi.distance_transform_cdt(mask, "chessboard")),
            "taxicab": flat(ndi.distance_transform_cdt(mask, "taxicab")),
            "drawn": drawn.tolist(),
            "bordered": [
                {"name": name, "border": border, "values": bits(morphed[name](mask, cross, 2, border_value=border))}
                for name, border in steps
            ],
            "structured": [
                {
                    "name": name,
                    "border": border,
                    "origin": origin,
                    "rounds": rounds,
                    "values": bits(morphed[name](mask, drawn, rounds, origin=origin, border_value=border)),
                }
                for name, border in steps
                for origin in origins
                for rounds in (1, 2)
            ],
        }
    )

out = os.path.join(os.path.dirname(__file__), "..", "test", "fixtures", "scipy.json")
with open(out, "w") as f:
    f.write('{"script":"scripts/fixtures.py","scipy":"%s","seed":%d,"cases":[\n' % (scipy.__version__, SEED))
    f.write(",\n".join(json.dumps(c, separators=(",", ":")) for c in cases))
    f.write("\n]}\n")
