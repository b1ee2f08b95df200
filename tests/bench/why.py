"""How long a page waits to see why: the words that moved a label, for each sort of reader and length of text.

    SANGTIN_TEST_DATA=… python -m tests.bench.why [--phobert]

Processor time of one explanation, all threads together, since others use the machine. `--phobert` adds
readers of PhoBERT-base's architecture with random weights and the real vocabulary.
"""

from __future__ import annotations

import gzip
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import nlp
from nlp.compact import CompactReader
from nlp.reader import Reader, load_reader
from tests.bench.phobert import BASE
from tests.nlp.tiny import REAL, make_folder

LENGTHS = (20, 200, 2_000)  # words
TURNS = 7
LABEL = "negative"
AIM, AIM_OF_LINEAR = 1_000, 150  # ms


def main() -> None:
    """Print the table."""
    folder = os.environ.get("SANGTIN_TEST_DATA")
    if not folder:
        raise SystemExit("Set SANGTIN_TEST_DATA to the folder of development data.")
    words = _words(Path(folder), TURNS * max(LENGTHS))
    print(f"{'reader':<20}" + "".join(f"{many:>9,} words" for many in LENGTHS) + f"{'aim':>13}")
    for name, reader in _readers():
        took = [statistics.median(_times(reader, words, many)) for many in LENGTHS]
        aim = AIM_OF_LINEAR if name == "linear" else AIM
        print(f"{name:<20}" + "".join(f"{each:>12,.0f} ms" for each in took) + f"{aim:>10,} ms", flush=True)


def _times(reader: Reader, words: list[str], many: int) -> Iterator[float]:
    """Milliseconds of each of some explanations of texts of so many words, after one that warms up."""
    for turn in range(-1, TURNS):
        at = max(turn, 0) * max(LENGTHS)
        text = " ".join(words[at : at + many])
        began = time.process_time()
        reader.why(text, LABEL)
        if turn >= 0:
            yield 1_000 * (time.process_time() - began)


def _readers() -> Iterator[tuple[str, Reader]]:
    shipped = nlp.load(nlp.SHIPPED).steps[0].reader
    if isinstance(shipped, CompactReader):
        yield "linear", shipped.linear
    yield ("compact" if isinstance(shipped, CompactReader) else "linear"), shipped
    if "--phobert" in sys.argv:
        with tempfile.TemporaryDirectory(prefix="sangtin-why-") as made:
            base = Path(made) / "base"
            make_folder(base, shape=BASE, vocabulary=REAL, labels=("negative", "positive", "spam"))
            for numbers in ("onnx-fp32", "onnx-int8"):
                place = nlp.Place(Path(made) / "cache", numbers)
                yield f"phobert {numbers}", load_reader(base, "phobert", "phobert", place)


def _words(data: Path, many: int) -> list[str]:
    """Words as they stand in a forum's posts, one post after the other."""
    found: list[str] = []
    with gzip.open(data / "raw-text" / "forum-posts.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            found += json.loads(line)["text"].split()
            if len(found) >= many:
                break
    return found


if __name__ == "__main__":
    main()
