"""PhoBERT-base's architecture: the obvious way, the best way and the cascade, side by side in one run.

    SANGTIN_TEST_DATA=… .venv-phobert/bin/python -m tests.bench.phobert [ROUNDS [WAY…]]

Random weights serve for speed. The obvious way is transformers and PhobertTokenizer, cut into words by
underthesea, padded to 256, 32 bits, eager attention, eight posts at a time. Each way has a process of its
own; they take turns, so that what else the machine does slows all alike, and the fastest turn of each
counts. Posts are a random sample of the development data.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import nlp
from nlp import words
from nlp.backend import cores
from nlp.model import Model, Step
from nlp.phobert import PhoBertReader, encode
from tests.bench._files import posts_and_comments
from tests.nlp.tiny import REAL, Shape, make_folder

BASE = Shape(layers=12, hidden=768, heads=12, wide=3072)
SLOW, FAST = 16, 256  # posts a turn
ROUNDS = 5
CASCADE = 2048
PEAK = 4 * 2 * 2048**3  # operations of a turn of products
HIDDEN = ("rate", "posts", "processor")


def main() -> None:
    """Print the table."""
    if not REAL.is_dir():
        raise SystemExit("Set SANGTIN_TEST_DATA to the development data, with PhoBERT's tokenizer beside it.")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_folder(home / "base", shape=BASE, vocabulary=REAL, labels=("negative", "positive", "spam"))
        (home / "posts.json").write_text(json.dumps(posts(CASCADE)), encoding="utf-8")
        ways = {name: Child(name, home) for name in ["obvious", *(sys.argv[2:] or list(WAYS)[1:])]}
        found: dict[str, list[dict[str, float]]] = {name: [] for name in ways}
        for _round in range(rounds):
            for name, child in ways.items():
                found[name].append(child.turn())
        for name, child in ways.items():
            show(name, found[name], found["obvious"], child.close())


def posts(many: int) -> list[str]:
    """A random sample of the development data."""
    data = Path(os.environ["SANGTIN_TEST_DATA"])
    return random.Random(20_240_601).sample(list(islice(posts_and_comments(data), 400_000)), many)


def show(
    name: str, turns: Sequence[dict[str, float]], obvious: Sequence[dict[str, float]], said: Any
) -> None:
    best, base = max(one["rate"] for one in turns), max(one["rate"] for one in obvious)
    mine, theirs = (max(one["posts"] / one["processor"] for one in some) for some in (turns, obvious))
    if name == "peak":
        used = max(PEAK / one["processor"] for one in turns) / 1e9
        sys.stdout.write(f"matrix products, 32 bits: {used:.0f} billion operations a processor second\n")
        return
    rest = ", ".join(f"{key} {value:.3g}" for key, value in turns[-1].items() if key not in HIDDEN)
    sys.stdout.write(
        f"{name:10} {best:9.1f} posts/s {best / base:7.1f}×, {mine:8.1f} a processor second "
        f"{mine / theirs:6.1f}×, peak {said['megabytes']:.0f} MB  {said['note']} {rest}\n"
    )


class Child:
    """A way to read in a process of its own that reads a portion when told."""

    def __init__(self, name: str, home: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(name, home, theirs), daemon=True)
        self._process.start()
        self._ours.recv()

    def turn(self) -> dict[str, float]:
        self._ours.send("turn")
        found: dict[str, float] = self._ours.recv()
        return found

    def close(self) -> dict[str, Any]:
        self._ours.send("close")
        said: dict[str, Any] = self._ours.recv()
        self._process.join()
        return said


def work(name: str, home: Path, pipe: Connection) -> None:
    """Make a way ready, and serve turns until told to end."""
    texts = json.loads((home / "posts.json").read_text(encoding="utf-8"))
    ready = WAYS[name](home, texts)
    note = next(ready)
    pipe.send("ready")
    while pipe.recv() == "turn":
        began = time.process_time()
        found = next(ready)
        pipe.send({"processor": time.process_time() - began, **found})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pipe.send({"megabytes": peak, "note": note})


def obvious(home: Path, texts: list[str]) -> Iterator[Any]:
    """As most would write it."""
    import torch
    from transformers import PhobertTokenizer, RobertaForSequenceClassification
    from underthesea import word_tokenize

    folder = home / "base"
    tokenizer = PhobertTokenizer(str(folder / "vocab.txt"), str(folder / "bpe.codes"))
    model = RobertaForSequenceClassification.from_pretrained(folder, attn_implementation="eager").eval()
    yield f"{torch.get_num_threads()} threads"
    for some in portions(texts, SLOW):
        began = time.perf_counter()
        for first in range(0, len(some), 8):
            words = [word_tokenize(text, format="text") for text in some[first : first + 8]]
            batch = tokenizer(
                words, padding="max_length", truncation=True, max_length=256, return_tensors="pt"
            )
            with torch.inference_mode():
                model(**batch).logits.softmax(-1)
        yield {"rate": len(some) / (time.perf_counter() - began), "posts": len(some)}


def best(home: Path, texts: list[str]) -> Iterator[Any]:
    """As Sàng Tin reads with nothing before PhoBERT."""
    reader = PhoBertReader.load(home / "base", "phobert", nlp.Place(home / "cache"))
    yield noted(reader)
    yield from _timed(reader, texts)


def whole(home: Path, texts: list[str]) -> Iterator[Any]:
    """The same in whole numbers, whether a random model's probabilities bear it or not."""
    reader = PhoBertReader.load(home / "base", "phobert", nlp.Place(home / "cache", "onnx-int8"))
    yield noted(reader)
    yield from _timed(reader, texts)


def bf16(home: Path, texts: list[str]) -> Iterator[Any]:
    """torch in bf16, fed as it would be if chosen."""
    reader = PhoBertReader.load(home / "base", "phobert", nlp.Place(home / "cache", "torch-bf16"))
    yield noted(reader)
    yield from _timed(reader, texts)


def noted(reader: PhoBertReader) -> str:
    choice = reader.running.choice
    return f"{choice.kind}, {choice.budget} sub-words a batch, {choice.workers}×{choice.threads} threads;"


def _timed(reader: PhoBertReader, texts: list[str]) -> Iterator[dict[str, float]]:
    for some in portions(texts, FAST):
        began, used = time.perf_counter(), time.process_time()
        reader.read(some)
        took, used = time.perf_counter() - began, time.process_time() - used
        words._words.cache_clear()  # what reading just segmented would be known
        began = time.process_time()
        ids, _cut = encode(reader.subwords, some, reader.checkpoint.config.positions)
        yield {
            "rate": len(some) / took,
            "posts": len(some),
            "processor": used,
            "words and sub-words": (time.process_time() - began) / used,
            "billion operations a processor second": sum(operations(len(one)) for one in ids) / used / 1e9,
        }


def cascade(home: Path, texts: list[str]) -> Iterator[Any]:
    """The shipped reader first, PhoBERT for what it does not settle."""
    shipped = nlp.load(nlp.SHIPPED)
    reader = PhoBertReader.load(home / "base", "phobert", nlp.Place(home / "cache", "onnx-int8"))
    yield f"shipped {', '.join(step.reader.name for step in shipped.steps)}, then {noted(reader)}"
    for some in portions(texts, CASCADE // 2):
        model = Model("cascade", shipped.labels, (*shipped.steps, Step(reader, None)))
        began = time.perf_counter()
        model.read(some)
        took = time.perf_counter() - began
        settled = 1 - model.counted["read phobert"] / len(some)
        yield {"rate": len(some) / took, "posts": len(some), "settled before": settled}


def peak(_home: Path, _texts: list[str]) -> Iterator[Any]:
    """The largest rate at which torch multiplies matrices in 32 bits on all cores."""
    import torch

    torch.set_num_threads(cores())
    table = torch.randn(2048, 2048)
    yield ""
    while True:
        began = time.perf_counter()
        for _ in range(4):
            table @ table
        yield {"rate": PEAK / (time.perf_counter() - began) / 1e9, "posts": 0}


def operations(length: int) -> float:
    """Multiplications and additions for a text of so many sub-words, as the architecture has them."""
    size, wide, layers = BASE.hidden, BASE.wide, BASE.layers
    return layers * (2 * length * (4 * size * size + 2 * size * wide) + 4 * length * length * size)


def portions(texts: Sequence[str], size: int) -> Iterator[list[str]]:
    """Portions without end."""
    while True:
        for first in range(0, len(texts) - size + 1, size):
            yield list(texts[first : first + size])


WAYS = {"obvious": obvious, "best": best, "int8": whole, "bf16": bf16, "cascade": cascade, "peak": peak}

if __name__ == "__main__":
    main()
