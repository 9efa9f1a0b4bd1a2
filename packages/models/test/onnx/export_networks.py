"""Writes small networks as torch.onnx.export does, and what PyTorch gives for an image. Usage: export_networks.py FOLDER"""

import json
import sys
import warnings

import torch
import torch.nn.functional as F
from torch import nn

warnings.filterwarnings("ignore")


def block(channels, features):
    return nn.Sequential(
        nn.Conv2d(channels, features, 3, padding=1, bias=False), nn.BatchNorm2d(features), nn.ReLU(inplace=True)
    )


class PaddedUnet(nn.Module):
    """Bilinear upsampling, padded to the size of its skip, whatever the image's."""

    def __init__(self):
        super().__init__()
        self.down, self.deep = block(3, 4), block(4, 8)
        self.up, self.head = block(12, 4), nn.Conv2d(4, 2, 1)

    def forward(self, x):
        skip = self.down(x)
        deep = self.deep(F.max_pool2d(skip, 2))
        wide = F.interpolate(deep, scale_factor=2, mode="bilinear", align_corners=True)
        rows, columns = skip.size(2) - wide.size(2), skip.size(3) - wide.size(3)
        wide = F.pad(wide, [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2])
        return self.head(self.up(torch.cat([skip, wide], 1)))


class PixelNet(nn.Module):
    """Strides, groups, transposed convolutions, softmax."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.grouped = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=4)
        self.up = nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1, output_padding=1)
        self.head = nn.Conv2d(4, 3, 1)

    def forward(self, x):
        deep = F.leaky_relu(self.grouped(F.relu(self.stem(x))), 0.1)
        return torch.softmax(self.head(torch.sigmoid(self.up(deep))), 1)


class InstanceNet(nn.Module):
    """Instance normalisation, average pooling, an interpolation to the image's own size."""

    def __init__(self):
        super().__init__()
        self.first, self.norm = nn.Conv2d(3, 6, 3, padding=1), nn.InstanceNorm2d(6, affine=True)
        self.head = nn.Conv2d(6, 2, 1)

    def forward(self, x):
        small = F.avg_pool2d(F.relu(self.norm(self.first(x))), 2)
        return self.head(F.interpolate(small, size=x.shape[2:], mode="nearest"))


class UnusualNet(nn.Module):
    """Mirrored borders, dilation with strides, groups spread, an image turned about, cubes, a fixed slope of its own."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=2, padding_mode="reflect")
        self.stem = nn.Conv2d(4, 8, 3, stride=2, padding=2, dilation=2)
        self.up = nn.ConvTranspose2d(8, 8, 3, stride=2, padding=2, output_padding=1, groups=2, dilation=2)
        self.pool = nn.MaxPool2d(3, stride=1, padding=1, dilation=2)
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x):
        deep = F.elu(self.stem(F.selu(self.first(x))), 0.5)
        wide = F.elu(self.up(deep), 2.0)
        turned = torch.flip(self.pool(wide), [2, 3])
        return self.head(F.interpolate(turned, size=x.shape[2:], mode="bicubic", align_corners=False))


folder = sys.argv[1]
torch.manual_seed(1)
for name, network, size in [("padded_unet", PaddedUnet(), (13, 18)), ("pixel_net", PixelNet(), (12, 16)), ("instance_net", InstanceNet(), (12, 16)), ("unusual_net", UnusualNet(), (13, 17))]:
    network.train()
    for _ in range(3):
        network(torch.randn(2, 3, 16, 16))
    network.eval()
    axes = {"image": {0: "n", 2: "h", 3: "w"}, "logits": {0: "n", 2: "h", 3: "w"}}
    torch.onnx.export(
        network,
        torch.randn(1, 3, 16, 16),
        f"{folder}/{name}.onnx",
        opset_version=11,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes=axes,
    )
    image = torch.randn(2, 3, *size)
    with torch.no_grad():
        logits = network(image)
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(
            {
                "image": image.flatten().tolist(),
                "shape": list(image.shape),
                "logits": logits.flatten().tolist(),
                "logitsShape": list(logits.shape),
            },
            file,
        )
