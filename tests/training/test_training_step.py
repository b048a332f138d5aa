"""学習の一歩: made-up pages and what officers corrected, together. Runs where the training's own packages are."""

import numpy as np
import pytest

from activities.ocr.boxes import SIDE
from activities.ocr.digits import CLASSES
from training.combs import Examples
from training.corrected import together

jax = pytest.importorskip("jax")


def test_a_step_over_a_few_examples_learns_them() -> None:
    from training import learning, network

    rng = np.random.default_rng(1)
    made = Examples(rng.integers(0, 256, (248, SIDE, SIDE)).astype(np.uint8), rng.integers(0, 10, 248).astype(np.uint8))
    few = Examples(np.zeros((8, SIDE, SIDE), np.uint8), np.full(8, 7, np.uint8))
    both = together(made, few)
    assert len(both.labels) == 2 * learning.BATCH, "without the corrected ones it would be one batch"
    beginning = network.beginning(jax.random.key(1), SIDE, len(CLASSES))
    before = learning.surprise(learning.judged(beginning, few.pictures), few.labels)
    learnt = learning.fitted(beginning, ((both.pictures, both.labels) for _ in range(110)), 220, 1)
    assert learning.surprise(learning.judged(learnt, few.pictures), few.labels) < before
