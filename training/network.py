"""畳み込みニューラルネットワーク: small enough to read a sheet's characters in a blink on one core.

Five convolutions of 3 × 3 in three blocks, each halving the picture, and two dense layers: 170,000 numbers.
"""

import math
from typing import TypeAlias

import jax
import jax.numpy as jnp
import optax

BLOCKS = ((16,), (32, 32), (64, 64))
"""Channels of the convolutions; a block ends by taking the largest of each 2 × 2."""
HIDDEN = 96
DROPPED = 0.3
"""Share of the hidden layer that is left out at random while learning."""
CHANNELS_LAST = ("NHWC", "HWIO", "NHWC")
"""Order of the dimensions of pictures, kernels and results."""
Array: TypeAlias = jax.Array
Weights: TypeAlias = list[tuple[Array, Array]]
"""重み: kernel and bias of each layer, in the order in which they are applied."""


def beginning(key: Array, side: int, classes: int) -> Weights:
    """初期値: He's, for layers that are cut off at zero."""
    shapes: list[tuple[int, ...]] = []
    channels = 1
    for block in BLOCKS:
        for wider in block:
            shapes.append((3, 3, channels, wider))
            channels = wider
    flat = channels * (side // 2 ** len(BLOCKS)) ** 2
    shapes += [(flat, HIDDEN), (HIDDEN, classes)]
    return [_layer(each, shape) for each, shape in zip(jax.random.split(key, len(shapes)), shapes, strict=True)]


def _layer(key: Array, shape: tuple[int, ...]) -> tuple[Array, Array]:
    return jax.random.normal(key, shape) * jnp.sqrt(2 / math.prod(shape[:-1])), jnp.zeros(shape[-1])


def logits(weights: Weights, pictures: Array, dropping: Array | None = None) -> Array:
    """対数オッズ: of each class, for n × side × side bytes, ink dark. `dropping` is a key, while learning."""
    layers = iter(weights)
    values = (255.0 - pictures[..., None].astype(jnp.float32)) / 255.0
    for block in BLOCKS:
        for _ in block:
            kernel, bias = next(layers)
            convolved = jax.lax.conv_general_dilated(values, kernel, (1, 1), "SAME", dimension_numbers=CHANNELS_LAST)
            values = jax.nn.relu(convolved + bias)
        values = jax.lax.reduce_window(values, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
    kernel, bias = next(layers)
    values = jax.nn.relu(values.reshape(len(values), -1) @ kernel + bias)
    if dropping is not None:
        kept = jax.random.bernoulli(dropping, 1 - DROPPED, values.shape)
        values = jnp.where(kept, values / (1 - DROPPED), 0)
    kernel, bias = next(layers)
    return values @ kernel + bias


def loss(weights: Weights, pictures: Array, labels: Array, dropping: Array) -> Array:
    """損失: cross entropy."""
    found = logits(weights, pictures, dropping)
    return optax.softmax_cross_entropy_with_integer_labels(found, labels).mean()
