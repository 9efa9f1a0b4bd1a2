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


KINDS = {"unet": Unet}


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
