"""ハッシュ木: many hashes under one root, and the short path that proves one of them (RFC 6962 §2.1).

A leaf is SHA-256(00 ‖ data), a node SHA-256(01 ‖ left ‖ right), so that neither passes for the other.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal


@dataclass(frozen=True)
class Sibling:
    """兄弟: the hash beside ours on the way to the root, and on which side it stands."""

    side: Literal["left", "right"]
    hash: bytes


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """根: of leaves as they come; only one hash for each level is kept. Of none: the hash of nothing."""
    peaks: list[tuple[int, bytes]] = []
    for found in leaves:
        size, top = 1, found
        while peaks and peaks[-1][0] == size:
            top = node(peaks.pop()[1], top)
            size *= 2
        peaks.append((size, top))
    if not peaks:
        return hashlib.sha256(b"").digest()
    return reduce(lambda right, left: node(left, right), [top for _, top in reversed(peaks)])


def path(leaves: Sequence[bytes], position: int) -> tuple[Sibling, ...]:
    """経路: from the leaf at `position` up to the root."""
    level, siblings = list(leaves), []
    while len(level) > 1:
        beside = position ^ 1
        if beside < len(level):
            siblings.append(Sibling("left" if beside < position else "right", level[beside]))
        pairs = (level[at : at + 2] for at in range(0, len(level), 2))
        level = [node(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
        position //= 2
    return tuple(siblings)


def climbed(found: bytes, siblings: Iterable[Sibling]) -> bytes:
    """The root this leaf leads to by that path."""
    for each in siblings:
        found = node(each.hash, found) if each.side == "left" else node(found, each.hash)
    return found
