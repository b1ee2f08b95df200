"""Sketches are datasketch's, whatever else is in the batch."""

import numpy as np
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.sketch import ANCHOR, ANCHORS, PERMUTATIONS, SCHEME, SEED, Sketch, draw, shingle_hash, shingles

LETTERS = st.binary(max_size=120).map(lambda b: bytes(97 + c % 26 for c in b))
LONG = st.binary(min_size=ANCHOR, max_size=120).map(lambda b: bytes(97 + c % 26 for c in b))


def datasketched(letters: bytes) -> MinHash:
    sketch = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32", hashfunc=shingle_hash)
    for shingle in shingles(letters):
        sketch.update(shingle)
    return sketch


@settings(max_examples=40, deadline=None)
@given(st.lists(LETTERS, min_size=1, max_size=5))
def test_signatures_are_datasketchs(texts: list[bytes]) -> None:
    for letters, sketch in zip(texts, draw(texts), strict=True):
        if len(letters) < 5:
            assert sketch is None
        else:
            assert sketch is not None
            assert np.array_equal(sketch.signature, datasketched(letters).hashvalues)


def test_a_text_longer_than_a_block_has_datasketchs_signature() -> None:
    random = np.random.default_rng(1)
    texts = [bytes(random.integers(97, 123, size).astype(np.uint8)) for size in (9, 9_000, 30, 5, 4_100)]
    for letters, sketch in zip(texts, draw(texts), strict=True):
        assert sketch is not None
        assert np.array_equal(sketch.signature, datasketched(letters).hashvalues)


def test_the_scheme_names_all_that_a_signature_depends_on() -> None:
    assert SCHEME == "affine32/char5/64x1/anchor16x16/v4"


def test_the_similarity_of_signatures_estimates_jaccard() -> None:
    one, other = (
        b"nuocsonghuongdangdangratnhanh" * 3,
        b"nuocsonghuongdangdangratnhanh" * 2 + b"bacondapdachuy",
    )
    drawn = draw([one, other])
    assert drawn[0] is not None
    assert drawn[1] is not None
    estimate = float((drawn[0].signature == drawn[1].signature).mean())
    exact = len(shingles(one) & shingles(other)) / len(shingles(one) | shingles(other))
    assert abs(estimate - exact) < 0.2


@given(LONG)
def test_what_is_stored_comes_back(letters: bytes) -> None:
    sketch = draw([letters])[0]
    assert sketch is not None
    back = Sketch.from_bytes(sketch.to_bytes())
    assert np.array_equal(back.signature, sketch.signature)
    assert np.array_equal(back.anchors, sketch.anchors)
    assert len(sketch.to_bytes()) <= 4 * (PERMUTATIONS + ANCHORS)


def test_a_passage_shares_anchors_with_its_text() -> None:
    random = np.random.default_rng(2)
    whole = bytes(random.integers(97, 123, 400).astype(np.uint8))
    full, part, other = draw([whole, whole[:160], bytes(random.integers(97, 123, 400).astype(np.uint8))])
    assert full is not None
    assert part is not None
    assert other is not None
    assert len(np.intersect1d(full.anchors, part.anchors)) >= 3
    assert not len(np.intersect1d(full.anchors, other.anchors))


@given(st.lists(LETTERS, max_size=4), LONG)
def test_company_changes_nothing(company: list[bytes], letters: bytes) -> None:
    alone, among = draw([letters])[0], draw([*company, letters])[-1]
    assert alone is not None
    assert among is not None
    assert alone.to_bytes() == among.to_bytes()
