"""Writes ONNX's own tests of single nodes as models of one image. Usage: node_cases.py FILE NODE...

Each becomes a model that takes its first array of floats as an image of one row, or, where it is one already, as it is; what else it
is given stands in the file.
"""

import base64
import json
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
# The tests of onnx 1.12 have names that NumPy no longer has.
for name, kind in {"float": float, "int": int, "bool": bool, "object": object}.items():
    if name not in vars(np):
        setattr(np, name, kind)

from onnx import helper, numpy_helper  # noqa: E402
from onnx.backend.test.case.node import collect_testcases  # noqa: E402

OLDEST = 7


def stored(name, array):
    return numpy_helper.from_array(np.array(array), name)


def listed(array):
    """Numbers as JSON has them: those that it has not are texts."""
    flat = np.asarray(array, dtype=np.float64).ravel().tolist()
    return [value if np.isfinite(value) else str(value) for value in flat]


def as_row(opset, name, array):
    """Nodes that take an array of this shape out of a row, and the numbers that they need."""
    lengths = {"row.first": [0], "row.end": [array.size], "row.axis": [3]}
    numbers = [stored(key, np.array(value, np.int64)) for key, value in lengths.items()]
    numbers.append(stored("row.shape", np.array(array.shape, np.int64)))
    if opset >= 10:
        cut = helper.make_node("Slice", ["row", *lengths], ["row.part"])
    else:
        cut = helper.make_node("Slice", ["row"], ["row.part"], starts=[0], ends=[array.size], axes=[3])
    return [cut, helper.make_node("Reshape", ["row.part", "row.shape"], [name])], numbers


def written(case, arrays, expected, as_it_is):
    graph = case.model.graph
    names = [given.name for given in graph.input]
    fed = next((i for i, array in enumerate(arrays) if array.dtype.kind == "f" and array.size), None)
    if as_it_is and (fed is None or arrays[fed].ndim not in (4, 5)):
        return None
    opset = max(OLDEST, next(one.version for one in case.model.opset_import if one.domain == ""))
    others = [stored(name, array) for i, (name, array) in enumerate(zip(names, arrays)) if i != fed]
    if as_it_is:
        port, image, nodes = names[fed], arrays[fed], []
    else:
        values = np.zeros(0) if fed is None else arrays[fed].ravel()
        port, image = "row", np.append(values, 0).reshape(1, 1, 1, -1)
        nodes, numbers = as_row(opset, names[fed], arrays[fed]) if fed is not None else ([], [])
        others += numbers
    whole = helper.make_graph(
        [*nodes, *graph.node],
        "case",
        [helper.make_tensor_value_info(port, 1, image.shape)],
        list(graph.output),
        [*others, *graph.initializer],
    )
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", opset)])
    return {
        "name": f"{case.name}{' as an image' if as_it_is else ''}",
        "model": base64.b64encode(model.SerializeToString()).decode(),
        "image": listed(image),
        "shape": image.shape,
        "expected": listed(expected),
        "expectedShape": expected.shape,
    }


file, *nodes = sys.argv[1:]
cases = []
for case in collect_testcases(None):
    if not {node.op_type for node in case.model.graph.node} <= set(nodes):
        continue
    for inputs, outputs in case.data_sets:
        arrays, expected = [np.asarray(one) for one in inputs], np.asarray(outputs[0])
        if all(array.dtype.kind in "fiub" for array in [*arrays, expected]):
            cases += [written(case, arrays, expected, as_it_is) for as_it_is in (False, True)]
with open(file, "w", encoding="utf-8") as out:
    json.dump([case for case in cases if case], out)
