"""画像: what the readers are given: one side of paper, or a piece of it, in shades of grey."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Gray: TypeAlias = npt.NDArray[np.uint8]
"""濃淡画像: height × width, 0 is black and 255 white."""
Stack: TypeAlias = npt.NDArray[np.uint8]
"""画像の束: n × height × width, pictures of one size."""
Points: TypeAlias = npt.NDArray[np.float64]
"""座標: n × 2, x to the right and y downwards, in pixels or in millimetres."""
WHITE = 255


def on_white_ground(image: Gray) -> Gray:
    """地色を白に: shadows, yellowed paper and uneven light are taken out; ink keeps its darkness.

    What is paper is found by closing over strokes on a small copy: a stroke is thin, a shadow is wide.
    """
    scale = 256 / max(image.shape)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((5, 5), np.uint8)), 9)
    ground = cv2.resize(paper, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    evened: Gray = cv2.divide(image, np.maximum(ground, 32), scale=WHITE)
    return evened


def as_jpeg(image: Gray) -> bytes:
    """保存用: what a person is shown beside a doubtful value; a registered page is some 300 kB."""
    _, code = cv2.imencode(".jpg", image, (cv2.IMWRITE_JPEG_QUALITY, 85))
    return bytes(code)


def from_jpeg(content: bytes) -> Gray:
    """保存された画像: to cut another cell from. Our own bytes; a stranger's go through `pages`."""
    return np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)
