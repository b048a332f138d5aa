"""数字の読取器: our own recogniser of single handwritten digits, and of boxes left empty, ticked or struck out.

What it learnt from and how often it is right: docs/digit-recogniser.md. The file is checked against the digest below,
so that nobody can exchange what reads a city's pay sheets without a change in this line.
"""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import onnxruntime

from activities.ocr.images import Gray
from activities.ocr.readers import Alternatives
from sheets.reading import Alternative

CLASSES = (*"0123456789", "", None)
"""What a picture may show: a digit, nothing, or (None) something that is no digit: struck out, written over, a tick."""
EMPTY, OTHER = 10, 11
FILE = "digits.onnx"
SHA256 = "0e619f38c40770cc40a762be5aa7c92a1526d38cb8600aba878cb79b0ca2b4c2"
BATCH = 512
"""Pictures at a time: more would only take memory."""
LEAST = 1e-4
"""Alternatives less probable than this are left to "something else"."""
Probabilities = npt.NDArray[np.float64]


class RecogniserTampered(RuntimeError):
    """読取器の改変: the file is not the one that was measured."""


def probabilities(pictures: npt.NDArray[np.uint8]) -> Probabilities:
    """確からしさ: n × CLASSES, of n × side × side pictures; calibrated."""
    session = _session()
    parts = [session.run(None, {"pictures": pictures[at : at + BATCH]})[0] for at in range(0, len(pictures), BATCH)]
    found: Probabilities = np.concatenate(parts).astype(np.float64) if parts else np.zeros((0, len(CLASSES)))
    found /= found.sum(axis=1, keepdims=True)
    return found


class DigitReader:
    """数字の読取器: one picture, one box."""

    def read(self, pictures: Sequence[Gray]) -> list[Alternatives]:
        """読む."""
        return [_alternatives(each) for each in probabilities(np.stack(pictures))] if pictures else []


def _alternatives(found: Probabilities) -> Alternatives:
    ranked = sorted(zip(CLASSES, found.tolist(), strict=True), key=lambda each: -each[1])
    return tuple(Alternative(text=text, probability=p) for text, p in ranked if text is not None and p >= LEAST)


def checked(content: bytes) -> bytes:
    """確認: the file, if it is the one that was measured. Raises RecogniserTampered."""
    if hashlib.sha256(content).hexdigest() != SHA256:
        raise RecogniserTampered(f"{FILE} is not the file that was measured: install this release again")
    return content


@cache
def _session() -> onnxruntime.InferenceSession:
    content = checked(files(__package__).joinpath(FILE).read_bytes())
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # one process of the pool, one core
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
