"""書き出し: the trained network as an ONNX file: bytes of pictures in, calibrated probabilities out.

Everything a reader could get wrong is inside the file: how grey becomes a number, and the temperature.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from activities.ocr.digits import CLASSES
from training.network import BLOCKS, Weights

OPSET = 20
Floats = npt.NDArray[np.float32]


class _Graph:
    """計算グラフ: nodes one after the other; each takes what the last one gave."""

    def __init__(self, start: str) -> None:
        self.last = start
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def then(self, operation: str, *constants: Floats | npt.NDArray[np.int64], output: str = "", **how: object) -> None:
        name = output or f"{operation.lower()}{len(self.nodes)}"
        inputs = [self.last, *(self._constant(f"{name}_{at}", value) for at, value in enumerate(constants))]
        self.nodes.append(helper.make_node(operation, inputs, [name], **how))
        self.last = name

    def _constant(self, name: str, value: Floats | npt.NDArray[np.int64]) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name


def exported(weights: Weights, temperature: float, side: int, about: Sequence[tuple[str, str]]) -> bytes:
    """ONNXファイル: `about` is kept in it as metadata."""
    layers = [(np.asarray(kernel, np.float32), np.asarray(bias, np.float32)) for kernel, bias in weights]
    graph = _Graph("pictures")
    graph.then("Cast", to=TensorProto.FLOAT)
    graph.then("Mul", np.array(-1 / 255, np.float32))
    graph.then("Add", np.array(1, np.float32))
    graph.then("Unsqueeze", np.array([1], np.int64))
    for block in BLOCKS:
        for _ in block:
            kernel, bias = layers.pop(0)
            graph.then("Conv", np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), bias, pads=[1, 1, 1, 1])
            graph.then("Relu")
        graph.then("MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    (inner, inner_bias), (outer, outer_bias) = layers
    graph.then("Transpose", perm=[0, 2, 3, 1])  # it was learnt with the channels last
    graph.then("Flatten")
    graph.then("Gemm", inner, inner_bias)
    graph.then("Relu")
    graph.then("Gemm", outer / np.float32(temperature), outer_bias / np.float32(temperature))
    graph.then("Softmax", output="probabilities", axis=1)
    pictures = helper.make_tensor_value_info("pictures", TensorProto.UINT8, ["n", side, side])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", len(CLASSES)])
    made = helper.make_graph(graph.nodes, "digits", [pictures], [probabilities], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="madoguchi")
    model.ir_version = 10
    helper.set_model_props(model, dict(about))
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString()
    return content
