"""ハッシュ木: RFC 6962's own roots, and a path for every leaf of trees of every shape."""

import pytest

from store import tree

# RFC 6962 test data of Certificate Transparency: leaves and the roots of their first 1, 2, ... of them.
LEAVES = [bytes.fromhex(each) for each in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize(("size", "root"), ROOTS.items())
def test_the_roots_are_those_of_the_standard(size: int, root: str) -> None:
    assert tree.root(map(tree.leaf, LEAVES[:size])).hex() == root


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_has_a_short_path_to_the_root_and_no_other_leaf_takes_it(size: int) -> None:
    leaves = [tree.leaf(bytes([number])) for number in range(size)]
    root = tree.root(leaves)
    for position, leaf in enumerate(leaves):
        path = tree.path(leaves, position)
        assert len(path) <= (size - 1).bit_length()
        assert tree.climbed(leaf, path) == root
        assert tree.climbed(tree.leaf(b"another"), path) != root
