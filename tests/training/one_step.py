"""学習の一歩: made-up pages and what officers corrected, together: how surprised is it before, how much after?

A program of its own: the training's packages are no part of the product, and are installed beside it.
"""

import json
import sys

import jax
import numpy as np

from activities.ocr.boxes import SIDE
from activities.ocr.digits import CLASSES
from training import learning, network
from training.combs import Examples
from training.corrected import together

rng = np.random.default_rng(1)
made = Examples(rng.integers(0, 256, (248, SIDE, SIDE)).astype(np.uint8), rng.integers(0, 10, 248).astype(np.uint8))
few = Examples(np.zeros((8, SIDE, SIDE), np.uint8), np.full(8, 7, np.uint8))
both = together(made, few)
beginning = network.beginning(jax.random.key(1), SIDE, len(CLASSES))
before = learning.surprise(learning.judged(beginning, few.pictures), few.labels)  # fitting takes it over
learnt = learning.fitted(beginning, ((both.pictures, both.labels) for _ in range(110)), 220, 1)
after = learning.surprise(learning.judged(learnt, few.pictures), few.labels)
json.dump({"batches": len(both.labels) / learning.BATCH, "before": float(before), "after": float(after)}, fp=sys.stdout)
