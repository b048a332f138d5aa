"""手書き数字: the parts are complete, are what they say, and have nothing in common."""

from itertools import combinations
from typing import get_args

import numpy as np
import pytest

from sandbox.scans.handwriting import SIDE, Part, digits

PARTS: tuple[Part, ...] = get_args(Part)


@pytest.mark.parametrize(("part", "count"), [("train", 50_000), ("calibrate", 10_000), ("held_out", 10_000)])
def test_a_part_holds_so_many_images_with_a_label_each(part: Part, count: int) -> None:
    found = digits(part)
    assert found.images.shape == (count, SIDE, SIDE)
    assert found.labels.shape == (count,)


@pytest.mark.parametrize("part", PARTS)
def test_every_digit_is_there_often(part: Part) -> None:
    assert min(len(digits(part).of(digit)) for digit in range(10)) > 850


def test_no_image_is_in_two_parts() -> None:
    contents = {part: {image.tobytes() for image in digits(part).images} for part in PARTS}
    for one, other in combinations(PARTS, 2):
        assert not contents[one] & contents[other], f"{one} and {other} share images"


def test_ink_is_bright_and_paper_dark() -> None:
    images = digits("held_out").images
    assert np.median(images) == 0
    assert images.max() == 255


def test_nobody_writes_to_what_others_read() -> None:
    with pytest.raises(ValueError, match="read-only"):
        digits("train").images[0, 0, 0] = 1
