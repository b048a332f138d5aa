"""練習用紙: what the recogniser is taught is what stands on the pages."""

import numpy as np
import pytest

from activities.ocr.boxes import SIDE
from activities.ocr.digits import EMPTY, OTHER, probabilities
from sandbox.scans.handwriting import digits
from training.combs import Examples, examples

COUNT = 700


@pytest.fixture(scope="module")
def made() -> Examples:
    """Two pages or so."""
    chosen = digits("calibrate")
    return examples(chosen.images[:COUNT], chosen.labels[:COUNT], seed=1)


def test_every_digit_is_shown_once_or_spoiled_on_purpose(made: Examples) -> None:
    shown = np.bincount(made.labels[made.labels < EMPTY], minlength=10)
    given = np.bincount(digits("calibrate").labels[:COUNT], minlength=10)
    assert (shown <= given).all()
    assert shown.sum() > 0.9 * COUNT


def test_beside_digits_there_are_empty_and_spoiled_boxes(made: Examples) -> None:
    counts = np.bincount(made.labels)
    assert counts[EMPTY] > 30
    assert counts[OTHER] > 30


def test_pictures_are_what_the_recogniser_is_given(made: Examples) -> None:
    assert made.pictures.shape == (len(made.labels), SIDE, SIDE)
    assert made.pictures.dtype == np.uint8


def test_the_labels_are_those_of_the_pictures(made: Examples) -> None:
    right = probabilities(made.pictures).argmax(axis=1) == made.labels
    assert right.mean() > 0.9


def test_the_same_seed_makes_the_same_pages(made: Examples) -> None:
    chosen = digits("calibrate")
    again = examples(chosen.images[:COUNT], chosen.labels[:COUNT], seed=1)
    other = examples(chosen.images[:COUNT], chosen.labels[:COUNT], seed=2)
    assert np.array_equal(again.pictures, made.pictures)
    assert not np.array_equal(other.labels, made.labels)
