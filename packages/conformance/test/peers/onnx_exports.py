"""The 2-D networks of networks.py as torch.onnx.export writes them, of several opsets, with sizes fixed or free, and what PyTorch gives.

Run: python3 onnx_exports.py FOLDER [NAME …]    writes NAME-OPSET-static.onnx, NAME-OPSET-dynamic.onnx and .json there, with
PyTorch 2.5 or later and onnxscript also NAME-dynamo-….onnx
"""
import importlib.util
import io
import json
import sys
import warnings
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np
import torch
from torch import nn

from networks import cases, fill, spread

warnings.filterwarnings("ignore")
opsets = [11, 13, 17]
# These are large: one file each is enough.
once = {"pytorch-unet": 17, "pytorch-unet-bilinear": 11, "smp-resnet18": 13}


class Classifier(nn.Module):
    """A head over the whole image, as classifiers have it, and what attention blocks are made of."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.Hardswish())
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 4, 1), nn.SiLU(), nn.Conv2d(4, 8, 1), nn.Hardsigmoid())
        self.norm, self.gelu, self.group = nn.LayerNorm(8), nn.GELU(), nn.GroupNorm(2, 8)
        self.mix, self.head = nn.Linear(8, 8), nn.Linear(16, 3)

    def forward(self, x):
        x = self.stem(x)
        x = self.group(x * self.squeeze(x)).clamp(-2, 6)
        tokens = x.flatten(2).transpose(1, 2)
        tokens = tokens + self.gelu(self.mix(self.norm(tokens)))
        first, second = tokens.mean(1), tokens.pow(2).mean(1).add(1e-3).sqrt()
        return self.head(torch.cat([first, second], 1))


class Parts(nn.Module):
    """Channels in parts, sizes of skips, arithmetic of shapes."""

    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Conv2d(1, 6, 3, padding=1), nn.Conv2d(9, 2, 1)
        self.up = nn.ConvTranspose2d(6, 3, 2, 2)

    def forward(self, x):
        a, b, c = self.first(x).chunk(3, 1)
        a, b = torch.split(torch.cat([a, b], 1), [1, 3], 1)
        gate = torch.sigmoid(a) * torch.tanh(b).abs().clamp(min=0.1)
        deep = nn.functional.max_pool2d(torch.cat([gate, c], 1)[:, :5], 2, ceil_mode=True)
        deep = nn.functional.pad(deep, [0, 0, 0, 0, 0, 1])
        up = self.up(deep)[:, :, : x.shape[2], : x.shape[3]]
        wide = nn.functional.interpolate(deep, size=(x.shape[2], x.shape[3]), mode="bilinear", align_corners=False)
        whole = torch.cat([up, wide], 1)
        scale = x.shape[2] * x.shape[3] / 100
        whole = (whole - whole.amin((2, 3), keepdim=True)) / (whole.std((2, 3), keepdim=True) + scale)
        n, k, h, w = whole.shape
        return self.last(whole.view(n, 3, k // 3, h, w).permute(0, 2, 1, 3, 4).reshape(n, k, h, w))


own = {"classifier": (Classifier, 1, [16, 24]), "parts": (Parts, 1, [16, 24])}


has_dynamo = torch.__version__ >= "2.5" and importlib.util.find_spec("onnxscript") is not None


def export(net, file, size, opset, free):
    """By the exporter of TorchScript, or for "dynamo" by PyTorch 2's own with its standard opset."""
    names = dict(input_names=["image"], output_names=["logits"])
    if opset != "dynamo":
        axes = {"image": {0: "n", 2: "h", 3: "w"}, "logits": {0: "n"}} if free else None
        older = {"dynamo": False} if torch.__version__ >= "2.5" else {}
        torch.onnx.export(net, torch.zeros(1, *size), str(file), opset_version=opset, dynamic_axes=axes, **names, **older)
        return
    any_size = torch.export.Dim.DYNAMIC
    shapes = {"dynamic_shapes": ({0: any_size, 2: any_size, 3: any_size},)} if free else {}
    with redirect_stdout(io.StringIO()):
        torch.onnx.export(net, (torch.zeros(2 if free else 1, *size),), str(file), dynamo=True, verbose=False, external_data=False, **names, **shapes)


def told(net, size):
    """Channels last: an image, the logits, and the gradient of their mean square by the image."""
    image = torch.from_numpy(spread(int(np.prod(size)), 5)).float().reshape(size).requires_grad_()
    logits = net(image)
    logits.pow(2).mean().backward()
    parts = {"image": image, "logits": logits, "gradient": image.grad}
    last = {key: value.detach().movedim(1, -1) if value.ndim == 4 else value.detach() for key, value in parts.items()}
    return {"shape": list(last["image"].shape), "logitsShape": list(last["logits"].shape),
            **{key: value.flatten().tolist() for key, value in last.items()}}


def write(folder, chosen):
    missing = {}
    networks = {name: (make, channels, size) for name, (make, channels, size, _) in cases.items() if len(size) == 2} | own
    for name, (make, channels, size) in networks.items():
        if chosen and name not in chosen:
            continue
        try:
            with redirect_stdout(io.StringIO()):
                net = fill(make())
        except ImportError as error:
            missing[name] = str(error)
            continue
        for part in net.modules():
            if hasattr(part, "deep_supervision"):
                part.deep_supervision = False
        kinds = [once[name]] if name in once else opsets + ["dynamo"] * has_dynamo
        for opset in kinds:
            for free in ["dynamic"] if name in once else ["static", "dynamic"]:
                file = f"{name}-{opset}-{free}"
                try:
                    export(net, folder / f"{file}.onnx", [channels, *size], opset, free == "dynamic")
                except Exception as error:  # of the exporter: told, and skipped
                    missing[file] = f"not exported: {str(error).splitlines()[0]}"
                    continue
                given = [1, channels, *size]
                if free == "dynamic":
                    given = [1, channels, 32, 64] if name in once else [2, channels, *(n * 2 for n in size)]
                (folder / f"{file}.json").write_text(json.dumps(told(net, given)))
    print(json.dumps({"version": torch.__version__, "dynamo": has_dynamo, "missing": missing}))


write(Path(sys.argv[1]), sys.argv[2:])
