"""Networks of public projects, as those projects themselves make them, with weights by a formula, and what they give.

Needs PyTorch, and of the projects those that Python finds: monai, dynamic_network_architectures, segmentation_models_pytorch, and `unet` of
milesial's Pytorch-UNet (its folder in PYTHONPATH).

Run: python3 networks.py FOLDER    writes NAME.pth, NAME.json, … there, and prints why what is missing is missing
Run: python3 networks.py --facts   prints names and shapes of the state dicts and some of the results, for models' peer-networks.json
"""
import importlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn


def nnunet(dim, features, kernels, strides, norm="Instance", blocks=None):
    unet = importlib.import_module("dynamic_network_architectures.architectures.unet")
    rest = dict(conv_bias=True, norm_op=getattr(nn, f"{norm}Norm{dim}d"), norm_op_kwargs={"eps": 1e-5, "affine": True},
                nonlin=nn.LeakyReLU, nonlin_kwargs={"inplace": True}, deep_supervision=True)
    outline = (1, len(features), features, getattr(nn, f"Conv{dim}d"), kernels, strides)
    if blocks:
        return unet.ResidualEncoderUNet(*outline, blocks, 2, 1, **rest)
    return unet.PlainConvUNet(*outline, 2, 2, 2, **rest)


def monai(kind, *args, **options):
    return getattr(importlib.import_module("monai.networks.nets"), kind)(*args, **options)


def smp(kind, *args, **options):
    return getattr(importlib.import_module("segmentation_models_pytorch"), kind)(*args, encoder_weights=None, **options)


def milesial(**options):
    return importlib.import_module("unet").UNet(1, 2, **options)


flat, two = [[3, 3]] * 3, [[1, 1], [2, 2], [2, 2]]
deep, rough = [[1, 3, 3], [3, 3, 3], [3, 3, 3]], [[1, 1, 1], [1, 2, 2], [2, 2, 2]]
f = (2, 2, 4, 4, 4, 3)
# Maker, channels and size of an image, and whether results are recorded.
cases = {
    "nnunet-plain": (lambda: nnunet(2, [4, 8, 16], flat, two), 1, [16, 24], True),
    "nnunet-plain-batch": (lambda: nnunet(2, [4, 8, 16], flat, two, "Batch"), 1, [16, 16], True),
    "nnunet-plain-volume": (lambda: nnunet(3, [2, 4, 8], deep, rough), 1, [8, 16, 16], True),
    "nnunet-residual": (lambda: nnunet(2, [4, 8, 8], flat, two, blocks=[1, 2, 2]), 1, [16, 24], True),
    "nnunet-residual-batch": (lambda: nnunet(2, [4, 8, 16], flat, two, "Batch", [1, 3, 4]), 1, [16, 16], True),
    "nnunet-residual-volume": (lambda: nnunet(3, [2, 4, 8], deep, rough, blocks=[1, 2, 2]), 1, [8, 16, 16], True),
    "dynunet": (lambda: monai("DynUNet", 2, 1, 2, [3] * 4, [1, 2, 2, 2], [2] * 3, filters=[4, 8, 16, 32], deep_supervision=True, deep_supr_num=2), 1, [32, 32], True),
    "dynunet-volume": (lambda: monai("DynUNet", 3, 1, 2, [3] * 3, [1, 2, 2], [2] * 2, filters=[2, 4, 8], trans_bias=True), 1, [16, 16, 16], True),
    "basic-unet": (lambda: monai("BasicUNet", 2, 1, 2, f), 1, [32, 48], True),
    "basic-unet-batch": (lambda: monai("BasicUNet", 2, 1, 2, f, norm="batch"), 1, [32, 32], True),
    "basic-unet-volume": (lambda: monai("BasicUNet", 3, 1, 2, (2, 2, 2, 2, 2, 2)), 1, [32, 32, 32], True),
    "pytorch-unet": (lambda: milesial(), 1, [32, 32], False),
    # What no network of ours computes.
    "pytorch-unet-bilinear": (lambda: milesial(bilinear=True), 1, [32, 32], False),
    "monai-unet": (lambda: monai("UNet", 2, 1, 2, (2, 4, 8), (2, 2), num_res_units=2), 1, [32, 32], False),
    "monai-unet-plain": (lambda: monai("UNet", 2, 1, 2, (2, 4, 8), (2, 2), norm="batch"), 1, [32, 32], False),
    "dynunet-residual": (lambda: monai("DynUNet", 2, 1, 2, [3] * 3, [1, 2, 2], [2] * 2, filters=[4, 8, 16], res_block=True), 1, [32, 32], False),
    "smp-resnet18": (lambda: smp("Unet", "resnet18", in_channels=3, classes=2), 3, [32, 32], False),
}


def spread(count, seed):
    """In [-0.5, 0.5), the same in any language: whole numbers until the last division."""
    return ((np.arange(count, dtype=np.int64) * 7919 + seed * 1047) % 1000) / 1000 - 0.5


def first_names(state):
    """Each name with the first that holds the same tensor."""
    seen = {}
    return {name: seen.setdefault((value.data_ptr(), name.endswith("tracked")), name) for name, value in state.items()}


def fill(net):
    state, at = net.state_dict(), 0
    for name, first in first_names(state).items():
        value = state[name]
        if name != first or name.endswith("num_batches_tracked"):
            continue
        u = spread(value.numel(), at)
        if value.ndim > 1:
            u = u * 3 / np.sqrt(value.numel() / value.shape[0])
        elif name.endswith(("running_var", "weight")):
            u = u + 1
        value.copy_(torch.from_numpy(u).reshape(value.shape))
        at += 1
    return net.eval()


def results(net, image):
    """Channels last: the logits, and those of coarser levels, where the network gives them."""
    with torch.no_grad():
        given = net(image)
        others = []
        if type(net).__name__ == "DynUNet" and net.deep_supervision:
            others = list(net.heads)
    all_of = list(given) if isinstance(given, (list, tuple)) else [given, *others]
    return [one.movedim(1, -1).contiguous() for one in all_of]


def told(net, channels, size):
    count = channels * int(np.prod(size))
    image = torch.from_numpy(spread(count, 5)).float().reshape(1, channels, *size)
    return image, results(net, image)


def facts():
    record = {"version": torch.__version__, "networks": {}}
    for name, (make, channels, size, recorded) in cases.items():
        net = fill(make())
        state = net.state_dict()
        first = first_names(state)
        own = {key: list(value.shape) for key, value in state.items() if first[key] == key and not key.endswith("tracked")}
        copies = {key: first[key] for key in state if first[key] != key and not key.endswith("tracked")}
        entry = {"tensors": own, "size": size}
        if not name.endswith(("batch", "volume")):
            entry["copies"] = copies
        if recorded:
            entry["results"] = [
                {"shape": list(one.shape), "every": (every := max(1, one.numel() // 24)), "values": [round(x, 6) for x in one.flatten()[::every].tolist()]}
                for one in told(net, channels, size)[1]]
        record["networks"][name] = entry
    print(json.dumps(record))


def training(net):
    """As nnU-Net's trainer saves it."""
    optimizer = torch.optim.SGD(net.parameters(), 1e-2, momentum=0.99, nesterov=True)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    kept = {key: value.clone() for key, value in net.state_dict().items()}
    optimizer.step()
    net.load_state_dict(kept)
    return {
        "network_weights": net.state_dict(),
        "optimizer_state": optimizer.state_dict(),
        "grad_scaler_state": {"scale": 65536.0, "growth_factor": 2.0, "_growth_tracker": 3},
        "logging": {"mean_fg_dice": [np.float64(0.5)], "ema_fg_dice": [np.float32(0.5)], "dice_per_class": [[np.float64(0.25)]]},
        "_best_ema": np.float64(0.5),
        "current_epoch": 1,
        "init_args": {"plans": {"patch_size": [16, 24]}, "configuration": "2d", "fold": 0, "device": torch.device("cpu")},
        "trainer_name": "nnUNetTrainer",
        "inference_allowed_mirroring_axes": (0, 1),
    }


def compiled(net):
    return torch.compile(net).state_dict() if hasattr(torch, "compile") else {f"_orig_mod.{key}": value for key, value in net.state_dict().items()}


def write(folder):
    missing = {}
    for name, (make, channels, size, _) in cases.items():
        try:
            net = fill(make())
        except ImportError as error:
            missing[name] = str(error)
            continue
        image, outputs = told(net, channels, size)
        torch.save(net.state_dict(), folder / f"{name}.pth")
        if name == "nnunet-plain":
            torch.save(net.state_dict(), folder / f"{name}-legacy.pth", _use_new_zipfile_serialization=False)
            torch.save(nn.DataParallel(net).state_dict(), folder / f"{name}-parallel.pth")
            torch.save(compiled(net), folder / f"{name}-compiled.pth")
            torch.save(training(net), folder / f"{name}-checkpoint.pth")
            torch.save(training(net), folder / f"{name}-checkpoint-legacy.pth", _use_new_zipfile_serialization=False)
        told_as = {"image": image.movedim(1, -1).flatten().tolist(), "shape": list(image.movedim(1, -1).shape),
                   "results": [{"shape": list(one.shape), "values": one.flatten().tolist()} for one in outputs]}
        (folder / f"{name}.json").write_text(json.dumps(told_as))
    print(json.dumps({"version": torch.__version__, "missing": missing}))


if __name__ == "__main__":
    if sys.argv[1] == "--facts":
        facts()
    else:
        write(Path(sys.argv[1]))
