"""The Python peer of the benchmarks: reads one JSON request a line, answers one JSON line.

Requests: {"setup": kind, ...} prepares a case and answers its first result; {"run": true} runs it once and
answers {"ms": milliseconds}, of a part where the case says so; {"memory": true} answers the peak resident memory;
{"floor": true} answers how much a network multiplies, and how fast this machine does.
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
    """The U-Net of Ronneberger et al. in plain functions, from weights by name, in every mode that may be its best."""

    def __init__(self, request, folder):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch
        self.valid = request["padding"] == "valid"
        self.depth = request["depth"]
        self.norm = request.get("norm", "none")
        self.training = request["training"]
        self.dict = {name: torch.from_numpy(array(spec, folder).copy()) for name, spec in request["weights"].items()}
        self.images = torch.from_numpy(array(request["images"], folder).copy())
        self.labels = torch.from_numpy(array(request["labels"], folder).copy()).long()
        self.modes = {}
        self.targets = {}

    def state(self, mode):
        """Weights, images and optimiser of a mode, made once."""
        torch = self.torch
        if mode in self.modes:
            return self.modes[mode]
        last = torch.channels_last if "channels last" in mode else torch.contiguous_format
        device = "cuda" if "CUDA" in mode else "cpu"
        learned = lambda name: "running" not in name
        weights = {
            name: (w.clone().to(device, memory_format=last) if w.dim() == 4 else w.clone().to(device)).requires_grad_(
                self.training and learned(name)
            )
            for name, w in self.dict.items()
        }
        images = self.images.clone().to(device, memory_format=last)
        self.targets[device] = self.labels.to(device)
        optimizer = (
            torch.optim.Adam([w for name, w in weights.items() if learned(name)], lr=1e-3) if self.training else None
        )
        frozen = None
        if mode.startswith("frozen"):
            frozen = self.frozen(weights, images)
        self.modes[mode] = (weights, images, optimizer, frozen)
        return self.modes[mode]

    def frozen(self, weights, images):
        torch = self.torch
        outer = self

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                for name, w in weights.items():
                    self.register_buffer(name.replace(".", "_"), w)

            def forward(self, x):
                own = {name: getattr(self, name.replace(".", "_")) for name in weights}
                return outer.forward(own, x)

        with torch.no_grad():
            traced = torch.jit.trace(Net().eval(), images)
            net = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
            for _ in range(3):
                net(images)
        return net

    def block(self, weights, x, prefix):
        F = self.torch.nn.functional
        for i in range(2):
            name = f"{prefix}.conv.{i}"
            x = F.conv2d(x, weights[name + ".weight"], weights.get(name + ".bias"), padding=0 if self.valid else 1)
            if self.norm == "batch":
                norm = f"{prefix}.norm.{i}"
                x = F.batch_norm(
                    x,
                    weights[norm + ".running_mean"],
                    weights[norm + ".running_var"],
                    weights[norm + ".weight"],
                    weights[norm + ".bias"],
                    self.training,
                    0.1,
                    1e-5,
                )
            x = F.relu(x)
        return x

    def forward(self, weights, x):
        torch, F = self.torch, self.torch.nn.functional
        skips = []
        for level in range(self.depth):
            x = self.block(weights, x, f"encoder.{level}")
            if level < self.depth - 1:
                skips.append(x)
                x = F.max_pool2d(x, 2)
        for level in range(self.depth - 1):
            name = f"decoder.{level}.up"
            x = F.conv_transpose2d(x, weights[name + ".weight"], weights[name + ".bias"], stride=2)
            skip = skips.pop()
            top = (skip.shape[2] - x.shape[2]) // 2
            left = (skip.shape[3] - x.shape[3]) // 2
            skip = skip[:, :, top : top + x.shape[2], left : left + x.shape[3]]
            x = self.block(weights, torch.cat([x, skip], 1), f"decoder.{level}")
        return F.conv2d(x, weights["head.weight"], weights["head.bias"])

    def run(self, mode="NCHW"):
        torch = self.torch
        weights, images, optimizer, frozen = self.state(mode)
        if not self.training:
            with torch.no_grad():
                return float((frozen(images) if frozen else self.forward(weights, images)).mean())
        device = images.device.type
        if device == "cuda":
            torch.backends.cudnn.benchmark = True
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = "TF32" in mode
        optimizer.zero_grad()
        with torch.autocast(device, dtype=torch.bfloat16, enabled="bf16" in mode):
            loss = torch.nn.functional.cross_entropy(self.forward(weights, images).float(), self.targets[device])
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    def floor(self, size):
        """Operations (two for each multiply-add) of the convolutions of a forward pass and, in training, of a backward pass, which
        multiplies as much for the weights and again for the inputs, the images excepted; and how many a product of square
        matrices does in a second, at its best."""
        torch, F = self.torch, self.torch.nn.functional
        counts = []

        def counted(convolution, transposed):
            def call(x, weight, *rest, **options):
                y = convolution(x, weight, *rest, **options)
                batch, _, height, width = (x if transposed else y).shape
                counts.append(2 * weight.numel() * batch * height * width)
                return y

            return call

        own = F.conv2d, F.conv_transpose2d
        F.conv2d, F.conv_transpose2d = counted(own[0], False), counted(own[1], True)
        try:
            with torch.no_grad():
                self.forward(self.dict, self.images)
        finally:
            F.conv2d, F.conv_transpose2d = own
        a, b = torch.rand(size, size), torch.rand(size, size)
        best = float("inf")
        for _ in range(20):
            started = time.perf_counter()
            torch.mm(a, b)
            best = min(best, time.perf_counter() - started)
        operations = 3 * sum(counts) - counts[0] if self.training else sum(counts)
        return {"operations": operations, "rate": 2 * size**3 / best}

    def export(self, path):
        """The network as ONNX, for the same runtime that ours runs in."""
        torch = self.torch
        weights, images, _, _ = self.state("NCHW")
        outer = self

        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                for name, w in weights.items():
                    self.register_buffer(name.replace(".", "_"), w.detach())

            def forward(self, x):
                return outer.forward({name: getattr(self, name.replace(".", "_")) for name in weights}, x)

        with torch.no_grad():
            torch.onnx.export(Net().eval(), images, path, input_names=["images"], opset_version=17)


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


class Elastic:
    """Simard's deformation of an image with its mask: smoothed noise, then resampling, by SciPy or by OpenCV."""

    def __init__(self, request, folder):
        self.image = array(request["image"], folder)
        self.mask = array(request["mask"], folder)
        self.alpha, self.sigma, self.order = request["alpha"], request["sigma"], request["order"]

    def noise(self):
        import numpy as np

        height, width = self.mask.shape
        return np.random.default_rng(1).uniform(-1, 1, (2, height, width)).astype(np.float32)

    def scipy(self):
        import numpy as np
        from scipy.ndimage import gaussian_filter, map_coordinates

        height, width = self.mask.shape
        dy, dx = (self.alpha * gaussian_filter(n, self.sigma, mode="constant") for n in self.noise())
        y, x = np.mgrid[:height, :width].astype(np.float32)
        at = (y + dy, x + dx)
        out = np.empty_like(self.image)
        for c in range(self.image.shape[2]):
            map_coordinates(self.image[..., c], at, output=out[..., c], order=self.order, mode="reflect")
        mask = map_coordinates(self.mask, at, order=0, mode="reflect")
        return float(out.mean()) + float(mask.mean())

    def opencv(self):
        import cv2
        import numpy as np

        cv2.setNumThreads(THREADS)
        height, width = self.mask.shape
        fields = [self.alpha * cv2.GaussianBlur(n, (0, 0), self.sigma) for n in self.noise()]
        y, x = np.mgrid[:height, :width].astype(np.float32)
        how = cv2.INTER_LINEAR if self.order == 1 else cv2.INTER_CUBIC
        out = cv2.remap(self.image, x + fields[1], y + fields[0], how, borderMode=cv2.BORDER_REFLECT)
        mask = cv2.remap(self.mask, x + fields[1], y + fields[0], cv2.INTER_NEAREST, borderMode=cv2.BORDER_REFLECT)
        return float(out.mean()) + float(mask.mean())

    def run(self, mode="scipy"):
        return self.opencv() if mode == "OpenCV" else self.scipy()


class Decode:
    """One file by Pillow or tifffile, from memory to an array."""

    def __init__(self, request, folder):
        import numpy as np

        size, kind, self.mode = request["size"], request["kind"], request["mode"]
        self.path = os.path.join(folder, request["name"])
        self.write(self.values(kind, size, request.get("pages", 1)), request)
        self.bytes = open(self.path, "rb").read()
        # What both sides must read, so that no one is quicker by reading less.
        self.sum = float(np.asarray(self.read(self.mode)).astype(np.float64).sum())

    @staticmethod
    def values(kind, size, pages):
        import numpy as np

        rng = np.random.default_rng(3)
        y, x = np.mgrid[:size, :size]
        smooth = (np.sin(x / 37) + np.cos(y / 53) + 2) / 4
        if kind == "rgb":
            return (smooth[..., None] * 200 + rng.integers(0, 24, (size, size, 3))).astype(np.uint8)
        if kind == "bits":
            return smooth + rng.normal(0, 0.02, smooth.shape) > 0.5
        if kind == "uint8":
            return (smooth * 200 + rng.integers(0, 24, smooth.shape)).astype(np.uint8)
        data = (smooth * 1e5 if kind in ("uint32", "float32") else smooth * 5e4).astype(kind)
        if kind == "uint16":
            data += rng.integers(0, 200, smooth.shape).astype(kind)
        return data if pages == 1 else np.stack([np.roll(data, page, 1) for page in range(pages)])

    def write(self, data, request):
        options = request.get("options", {})
        if self.mode == "tifffile":
            import tifffile

            tifffile.imwrite(self.path, data, photometric="minisblack", **options)
        else:
            from PIL import Image

            Image.fromarray(data).save(self.path, **options)

    def read(self, mode):
        import io

        source = io.BytesIO(self.bytes)
        if mode == "tifffile":
            import tifffile

            return tifffile.imread(source)
        import numpy as np
        from PIL import Image

        image = Image.open(source)
        return np.asarray(image.convert("L" if image.mode == "1" else "RGB") if image.mode in "1P" else image)

    def run(self, mode=None):
        # Decoded whole; one value is enough to show.
        return float(self.read(mode or self.mode).flat[0])


class Surface:
    """Li et al.'s surface: a forward pass over all images at every point, once for each loss."""

    def __init__(self, request, folder):
        self.net = Unet({**request, "training": False}, folder)
        self.losses = request["losses"]
        torch = self.net.torch
        torch.manual_seed(0)
        weights = self.net.dict
        self.directions = []
        for _ in range(2):
            direction = {name: torch.randn_like(w) for name, w in weights.items()}
            for name, d in direction.items():
                if d.dim() > 1:
                    for row, own in zip(d, weights[name]):
                        row.mul_(own.norm() / (row.norm() + 1e-10))
                else:
                    d.zero_()
            self.directions.append(direction)
        self.places = np_linspace(request["points"])

    def run(self, mode="NCHW"):
        torch = self.net.torch
        F = torch.nn.functional
        last = torch.channels_last if mode == "channels last" else torch.contiguous_format
        images = self.net.images.to(memory_format=last)
        labels = self.net.labels
        one_hot = F.one_hot(labels, 2).permute(0, 3, 1, 2).float()
        formulas = [
            lambda z: F.cross_entropy(z, labels),
            lambda z: F.cross_entropy(z, labels, weight=torch.tensor([1.0, 3.0])),
            lambda z: ((1 - torch.exp(-F.cross_entropy(z, labels, reduction="none"))) ** 2).mean(),
            lambda z: 1 - (2 * (torch.softmax(z, 1) * one_hot).sum() / (torch.softmax(z, 1).sum() + one_hot.sum())),
        ]
        total = 0.0
        with torch.no_grad():
            for k in range(self.losses):
                for x in self.places:
                    for y in self.places:
                        moved = {
                            name: w + float(x) * self.directions[0][name] + float(y) * self.directions[1][name]
                            for name, w in self.net.dict.items()
                        }
                        total += float(formulas[k % len(formulas)](self.net.forward(moved, images)))
        return total


class Curvature:
    """The Hessian by double backward, and PyHessian's own loops over it (Yao et al., 2020): a graph of the gradient that is
    made once, Rademacher probes for the trace, power iteration with deflation for the eigenvalues."""

    def __init__(self, request, folder):
        self.net = Unet({**request, "training": True}, folder)
        self.kind = request["kind"]
        self.count = request.get("count", 1)

    def run(self, mode="NCHW"):
        torch = self.net.torch
        torch.manual_seed(0)
        weights, images, _, _ = self.net.state(mode)
        learned = [w for name, w in weights.items() if "running" not in name]
        loss = torch.nn.functional.cross_entropy(self.net.forward(weights, images), self.net.labels)
        slopes = torch.autograd.grad(loss, learned, create_graph=True)
        product = lambda v: torch.autograd.grad(slopes, learned, grad_outputs=v, retain_graph=True)
        inner = lambda a, b: sum((x * y).sum() for x, y in zip(a, b))
        probe = lambda: [torch.randint_like(w, 2) * 2 - 1 for w in learned]
        if self.kind == "products":
            started = time.perf_counter()
            for _ in range(self.count):
                product(probe())
            self.own = (time.perf_counter() - started) * 1000 / self.count
            return 0.0
        if self.kind == "trace":
            traces = []
            for _ in range(self.count):
                v = probe()
                traces.append(float(inner(product(v), v)))
            return sum(traces) / len(traces)
        values, vectors = [], []
        while len(values) < self.count:
            v = [torch.randn_like(w) for w in learned]
            last = None
            for _ in range(100):
                for known in vectors:
                    along = inner(v, known)
                    v = [x - along * k for x, k in zip(v, known)]
                length = inner(v, v).sqrt() + 1e-6
                v = [x / length for x in v]
                hv = product(v)
                value = float(inner(hv, v))
                v = [x.detach() for x in hv]
                if last is not None and abs(last - value) / (abs(last) + 1e-6) < 1e-3:
                    break
                last = value
            length = inner(v, v).sqrt()
            vectors.append([x / length for x in v])
            values.append(value)
        return values[0]


def np_linspace(points):
    import numpy as np

    return np.linspace(-1, 1, points)


def versions():
    found = {"python": sys.version.split()[0]}
    for name in ("torch", "scipy", "cv2", "PIL", "tifffile", "numpy"):
        try:
            found[name] = __import__(name).__version__
        except ImportError:
            pass
    return found


KINDS = {
    "unet": Unet,
    "loss": Loss,
    "distance": Distance,
    "hausdorff": Hausdorff,
    "elastic": Elastic,
    "decode": Decode,
    "surface": Surface,
    "curvature": Curvature,
}


def answered(request, case):
    if "memory" in request:
        return {"kilobytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}
    if "versions" in request:
        return versions()
    if "floor" in request:
        return case.floor(request["size"])
    if "export" in request:
        case.export(request["export"])
        return {"done": 1}
    mode = {"mode": request["mode"]} if request.get("mode") not in (None, "default") else {}
    started = time.perf_counter()
    case.run(**mode)
    # A case that times a part of its work says so itself.
    return {"ms": getattr(case, "own", (time.perf_counter() - started) * 1000)}


def main():
    folder, case = sys.argv[1], None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "setup" in request:
                case = KINDS[request["setup"]](request, folder)
                answer = {"first": case.run()}
                if hasattr(case, "path"):
                    answer["path"] = case.path
                    answer["sum"] = case.sum
            else:
                answer = answered(request, case)
        except Exception as error:  # told to whoever asked, who ends the bench
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


main()
