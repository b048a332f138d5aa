"""学習: fitting the network to examples, and its temperature to others.

The weights that are kept are a running mean of those that were reached: steadier, and better calibrated, than the last.
"""

from collections.abc import Iterator
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
import optax

from activities.ocr.images import Stack
from training import network
from training.network import Array, Weights

BATCH = 128
FASTEST = 2e-3
"""Learning rate at its peak, after WARMING_UP steps; from there it falls to nothing along a cosine."""
WARMING_UP = 200
DECAY = 1e-3
MEAN_OVER = 0.998
"""Share of the running mean that stays at each step."""
Labels = npt.NDArray[np.uint8]
Logits = npt.NDArray[np.float32]


def fitted(weights: Weights, passes: Iterator[tuple[Stack, Labels]], steps: int, seed: int) -> Weights:
    """学習済み: after one look at each of `passes`; `steps` says how many batches they are."""
    rate = optax.warmup_cosine_decay_schedule(0, FASTEST, WARMING_UP, steps)
    optimiser = optax.adamw(rate, weight_decay=DECAY)

    @partial(jax.jit, donate_argnums=(0, 1, 2))
    def step(
        now: Weights, mean: Weights, state: optax.OptState, pictures: Array, labels: Array, key: Array
    ) -> tuple[Weights, Weights, optax.OptState, Array]:
        lost, slope = jax.value_and_grad(network.loss)(now, pictures, labels, key)
        change, state = optimiser.update(slope, state, now)
        now = optax.apply_updates(now, change)
        mean = jax.tree.map(lambda old, new: MEAN_OVER * old + (1 - MEAN_OVER) * new, mean, now)
        return now, mean, state, lost

    state, mean, keys = optimiser.init(weights), jax.tree.map(jnp.copy, weights), jax.random.key(seed)
    rng = np.random.default_rng(seed)
    for number, (pictures, labels) in enumerate(passes, start=1):
        losses = []
        for chosen in _batches(len(labels), rng):
            keys, key = jax.random.split(keys)
            shifted = _shifted(pictures[chosen], rng)
            weights, mean, state, lost = step(weights, mean, state, shifted, labels[chosen], key)
            losses.append(lost)
        print(f"pass {number}: loss {float(np.mean(losses)):.4f}", flush=True)
    learnt: Weights = mean
    return learnt


def judged(weights: Weights, pictures: Stack) -> Logits:
    """判定: log odds of every class for each picture."""
    judge = jax.jit(network.logits)
    parts = [np.asarray(judge(weights, pictures[at : at + 2000])) for at in range(0, len(pictures), 2000)]
    return np.concatenate(parts)


def temperature(found: Logits, labels: Labels) -> float:
    """温度: by what log odds are divided so that of all that is called 90 % sure nine in ten are right."""
    tried = np.exp(np.linspace(np.log(0.3), np.log(5), 200))
    return float(min(tried, key=lambda each: surprise(found / each, labels)))


def surprise(found: Logits, labels: Labels) -> float:
    """負の対数尤度: mean, in nats."""
    return float(optax.softmax_cross_entropy_with_integer_labels(jnp.asarray(found), jnp.asarray(labels)).mean())


def _batches(count: int, rng: np.random.Generator) -> Iterator[npt.NDArray[np.int64]]:
    """In a new order; what does not fill a batch waits for the next pass."""
    order = rng.permutation(count)
    for at in range(0, count - BATCH + 1, BATCH):
        yield order[at : at + BATCH]


def _shifted(pictures: Stack, rng: np.random.Generator) -> Stack:
    """A whole batch by up to two pixels: cheaper than a new page."""
    down, right = rng.integers(-2, 3, 2)
    return np.roll(pictures, (down, right), (1, 2))
