"""The Python peer of the benchmarks: reads one JSON request a line, answers one JSON line.

Requests: {"setup": kind, ...} prepares a case and answers its first result; {"run": true} runs it once and
answers {"ms": milliseconds}; {"memory": true} answers the peak resident memory.
"""
import json
import os
import resource
import sys
import time

THREADS = int(os.environ.get("PEER_THREADS", "2"))


def array(spec, folder):
    import numpy as np

    data = np.fromfile(os.path.join(folder, spec["file"]), dtype=spec["dtype"])
    return data.reshape(spec["shape"])


class Unet:
    """The U-Net of Ronneberger et al. in plain functions, from weights by name."""

    def __init__(self, request, folder):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch
        self.valid = request["padding"] == "valid"
        self.depth = request["depth"]
        self.training = request["training"]
        self.weights = {
            name: torch.from_numpy(array(spec, folder).copy()).requires_grad_(self.training)
            for name, spec in request["weights"].items()
        }
        self.images = torch.from_numpy(array(request["images"], folder).copy())
        self.labels = torch.from_numpy(array(request["labels"], folder).copy()).long()
        self.optimizer = torch.optim.Adam(self.weights.values(), lr=1e-3) if self.training else None

    def block(self, x, prefix):
        F = self.torch.nn.functional
        for i in range(2):
            name = f"{prefix}.conv.{i}"
            x = F.conv2d(x, self.weights[name + ".weight"], self.weights[name + ".bias"], padding=0 if self.valid else 1)
            x = F.relu(x)
        return x

    def forward(self):
        torch, F = self.torch, self.torch.nn.functional
        x, skips = self.images, []
        for level in range(self.depth):
            x = self.block(x, f"encoder.{level}")
            if level < self.depth - 1:
                skips.append(x)
                x = F.max_pool2d(x, 2)
        for level in range(self.depth - 1):
            name = f"decoder.{level}.up"
            x = F.conv_transpose2d(x, self.weights[name + ".weight"], self.weights[name + ".bias"], stride=2)
            skip = skips.pop()
            top = (skip.shape[2] - x.shape[2]) // 2
            left = (skip.shape[3] - x.shape[3]) // 2
            skip = skip[:, :, top : top + x.shape[2], left : left + x.shape[3]]
            x = self.block(torch.cat([x, skip], 1), f"decoder.{level}")
        return F.conv2d(x, self.weights["head.weight"], self.weights["head.bias"])

    def run(self):
        torch = self.torch
        if not self.training:
            with torch.no_grad():
                return float(self.forward().mean())
        self.optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(self.forward(), self.labels)
        loss.backward()
        self.optimizer.step()
        return float(loss)


class Loss:
    """A loss with its gradient, the formula written out as its users do in PyTorch."""

    def __init__(self, request, folder):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch
        self.logits = torch.from_numpy(array(request["logits"], folder).copy()).requires_grad_(True)
        self.labels = torch.from_numpy(array(request["labels"], folder).copy()).long()
        self.formula = getattr(self, request["formula"])

    def cross_entropy(self):
        weights = self.torch.tensor([1.0, 3.0])
        return self.torch.nn.functional.cross_entropy(self.logits, self.labels, weight=weights)

    def focal(self):
        nll = self.torch.nn.functional.cross_entropy(self.logits, self.labels, reduction="none")
        return ((1 - self.torch.exp(-nll)) ** 2 * nll).mean()

    def overlap(self):
        p = self.torch.softmax(self.logits, 1)
        t = self.torch.nn.functional.one_hot(self.labels, self.logits.shape[1]).permute(0, 3, 1, 2).to(p.dtype)
        return p, t, (p * t).sum((2, 3))

    def dice(self):
        p, t, both = self.overlap()
        return (1 - (2 * both + 1e-5) / (p.sum((2, 3)) + t.sum((2, 3)) + 1e-5)).mean()

    def tversky(self):
        p, t, both = self.overlap()
        fp = (p * (1 - t)).sum((2, 3))
        fn = ((1 - p) * t).sum((2, 3))
        return (1 - (both + 1e-5) / (both + 0.3 * fp + 0.7 * fn + 1e-5)).mean()

    def generalized_dice(self):
        p, t, both = self.overlap()
        g = t.sum((2, 3))
        w = 1 / (g * g)
        return (1 - (2 * (w * both).sum(1) + 1e-5) / ((w * (g + p.sum((2, 3)))).sum(1) + 1e-5)).mean()

    def top_k(self):
        nll = self.torch.nn.functional.cross_entropy(self.logits, self.labels, reduction="none").view(-1)
        return self.torch.topk(nll, nll.numel() // 10, sorted=False)[0].mean()

    def lovasz(self):
        torch = self.torch
        p = torch.softmax(self.logits, 1).permute(0, 2, 3, 1).reshape(-1, self.logits.shape[1])
        labels = self.labels.view(-1)
        losses = []
        for c in range(p.shape[1]):
            fg = (labels == c).float()
            errors, order = torch.sort((fg - p[:, c]).abs(), 0, descending=True)
            sorted_fg = fg[order]
            total = sorted_fg.sum()
            jaccard = 1 - (total - sorted_fg.cumsum(0)) / (total + (1 - sorted_fg).cumsum(0))
            jaccard = torch.cat([jaccard[:1], jaccard[1:] - jaccard[:-1]])
            losses.append((errors * jaccard).sum())
        return torch.stack(losses).mean()

    def run(self):
        self.logits.grad = None
        value = self.formula()
        value.backward()
        return float(value)


class Distance:
    """scipy's exact Euclidean distance transform."""

    def __init__(self, request, folder):
        self.mask = array(request["mask"], folder) != 0

    def run(self):
        from scipy.ndimage import distance_transform_edt

        return float(distance_transform_edt(self.mask).max())


class Hausdorff:
    """The symmetric Hausdorff distance of two masks' edges by scipy's transforms, as MONAI and medpy compute it."""

    def __init__(self, request, folder):
        self.first = array(request["first"], folder) != 0
        self.second = array(request["second"], folder) != 0

    def run(self):
        from scipy.ndimage import binary_erosion, distance_transform_edt

        edges = [mask ^ binary_erosion(mask) for mask in (self.first, self.second)]
        there, back = (
            distance_transform_edt(~edges[1 - i])[edges[i]].max() for i in range(2)
        )
        return float(max(there, back))


KINDS = {"unet": Unet, "loss": Loss, "distance": Distance, "hausdorff": Hausdorff}


def main():
    folder, case = sys.argv[1], None
    for line in sys.stdin:
        request = json.loads(line)
        if "setup" in request:
            case = KINDS[request["setup"]](request, folder)
            answer = {"first": case.run()}
        elif "memory" in request:
            answer = {"kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
        else:
            started = time.perf_counter()
            case.run()
            answer = {"ms": (time.perf_counter() - started) * 1000}
        print(json.dumps(answer), flush=True)


main()
