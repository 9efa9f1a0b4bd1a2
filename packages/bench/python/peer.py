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
        if "distances" in request:
            self.distances = torch.from_numpy(array(request["distances"], folder).copy())
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

    def binary_cross_entropy(self):
        t = self.torch.nn.functional.one_hot(self.labels, self.logits.shape[1]).permute(0, 3, 1, 2).float()
        return self.torch.nn.functional.binary_cross_entropy_with_logits(self.logits, t)

    def poly(self):
        nll = self.torch.nn.functional.cross_entropy(self.logits, self.labels, reduction="none")
        return (nll + (1 - self.torch.exp(-nll))).mean()

    def jaccard(self):
        p, t, both = self.overlap()
        return (1 - (2 * both + 1e-5) / (2 * (p.sum((2, 3)) + t.sum((2, 3)) - both) + 1e-5)).mean()

    def focal_tversky(self):
        p, t, both = self.overlap()
        fp = (p * (1 - t)).sum((2, 3))
        fn = ((1 - p) * t).sum((2, 3))
        return ((1 - (both + 1e-5) / (both + 0.3 * fp + 0.7 * fn + 1e-5)) ** 0.75).mean()

    def log_cosh_dice(self):
        return self.torch.log(self.torch.cosh(self.dice()))

    def mcc(self):
        p, t, _ = self.overlap()
        axes = (0, 2, 3)
        tp, fp = (p * t).sum(axes) + 1e-5, (p * (1 - t)).sum(axes) + 1e-5
        fn, tn = ((1 - p) * t).sum(axes) + 1e-5, ((1 - p) * (1 - t)).sum(axes) + 1e-5
        roots = [(a + b).sqrt() for a, b in ((tp, fp), (tp, fn), (tn, fp), (tn, fn))]
        return (1 - (tp * tn - fp * fn) / (roots[0] * roots[1] * roots[2] * roots[3])).mean()

    def boundary(self):
        return (self.torch.softmax(self.logits, 1)[:, 1:] * self.distances).mean()

    def unified_focal(self):
        torch = self.torch
        t = torch.nn.functional.one_hot(self.labels, self.logits.shape[1]).permute(0, 3, 1, 2).float()
        p = torch.clamp(torch.softmax(self.logits, 1), 1e-7, 1 - 1e-7)
        tp, fn, fp = (t * p).sum((2, 3)), (t * (1 - p)).sum((2, 3)), ((1 - t) * p).sum((2, 3))
        dice = (tp + 1e-7) / (tp + 0.6 * fn + 0.4 * fp + 1e-7)
        regional = torch.stack([1 - dice[:, 0], (1 - dice[:, 1]) * (1 - dice[:, 1]) ** -0.5], -1).mean()
        ce = -t * torch.log(p)
        background = (1 - p[:, 0]) ** 0.5 * ce[:, 0] * 0.4
        return 0.5 * regional + 0.5 * (background + ce[:, 1] * 0.6).mean()

    def soft_skeleton(self, x):
        F = self.torch.nn.functional

        def erode(y):
            return self.torch.min(-F.max_pool2d(-y, (3, 1), 1, (1, 0)), -F.max_pool2d(-y, (1, 3), 1, (0, 1)))

        def opened(y):
            return F.max_pool2d(erode(y), 3, 1, 1)

        skeleton = F.relu(x - opened(x))
        for _ in range(3):
            x = erode(x)
            thin = F.relu(x - opened(x))
            skeleton = skeleton + F.relu(thin - skeleton * thin)
        return skeleton

    def cl_dice(self):
        p = self.torch.softmax(self.logits, 1)[:, 1:]
        t = self.labels[:, None].float()
        predicted, true = self.soft_skeleton(p), self.soft_skeleton(t)
        precision = ((predicted * t).sum() + 1) / (predicted.sum() + 1)
        sensitivity = ((true * p).sum() + 1) / (true.sum() + 1)
        return 1 - 2 * precision * sensitivity / (precision + sensitivity)

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
