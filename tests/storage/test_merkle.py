"""RFC 9162 trees: known answers, and proofs that hold for what is true and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterflow.storage import merkle

# Leaves and roots of the test vectors that Certificate Transparency implementations share
LEAVES = [
    bytes.fromhex(x)
    for x in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def subtree(hashes: list[bytes]):
    return lambda first, after: merkle.root(hashes[first:after])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_standard(size: int) -> None:
    assert merkle.root(map(merkle.leaf, LEAVES[:size])).hex() == ROOTS[size - 1]
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(st.integers(1, 70), st.data())
def test_a_leaf_is_shown_to_be_there_and_nothing_else_is(size: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf(bytes([n])) for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path = merkle.inclusion(index, size, subtree(hashes))
    assert merkle.root_along(hashes[index], index, size, path) == merkle.root(hashes)
    assert len(path) <= (size - 1).bit_length()
    assert merkle.root_along(merkle.leaf(b"other"), index, size, path) != merkle.root(hashes)
    other = data.draw(st.integers(0, size - 1))
    if other != index:
        assert merkle.root_along(hashes[index], other, size, path) != merkle.root(hashes)
    assert merkle.root_along(hashes[index], index, size, [*path, merkle.EMPTY]) is None


@given(st.integers(1, 70), st.data())
def test_a_log_is_shown_to_have_only_grown(second: int, data: st.DataObject) -> None:
    hashes = [merkle.leaf(bytes([n])) for n in range(second)]
    first = data.draw(st.integers(1, second))
    path = merkle.consistency(first, second, subtree(hashes))
    old, new = merkle.root(hashes[:first]), merkle.root(hashes)
    assert merkle.consistent(first, old, second, new, path)
    changed = data.draw(st.integers(0, first - 1))
    forged = merkle.root([merkle.leaf(b"other") if n == changed else h for n, h in enumerate(hashes[:first])])
    assert not merkle.consistent(first, forged, second, new, path)
    if path:
        assert not merkle.consistent(first, old, second, new, path[:-1])
        assert not merkle.consistent(first, old, second, new, [*path, merkle.EMPTY])


@given(st.integers(0, 200))
def test_the_right_edge_is_all_that_growing_needs(size: int) -> None:
    edge = merkle.Frontier()
    for n in range(size):
        edge = merkle.Frontier(edge.size, edge.peaks)  # as read back
        edge.add(merkle.leaf(bytes([n])))
    assert len(edge.peaks) == size.bit_count()
    assert edge.root() == merkle.root(merkle.leaf(bytes([n])) for n in range(size))


def test_what_is_not_there_has_no_path() -> None:
    with pytest.raises(ValueError, match="leaf 3 is not among 3"):
        merkle.inclusion(3, 3, subtree([]))
    with pytest.raises(ValueError, match="between 1 and 3"):
        merkle.consistency(0, 3, subtree([]))
