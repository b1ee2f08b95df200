"""A small random student in the form that training.teaching leaves it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from nlp import Class
from nlp.compact import Asked
from nlp.pieces import HEAD, SPECIAL, TAIL
from training.distilled import Student, write_student

CLASSES = (Class("negative"), Class("positive"), Class("spam", "advert"), Class("spam", "neutral"))
LETTERS = [*"abcdefghiklmnopqrstuvxy0123456789đăâêôơưàáảãạ!?.,"]
VOCABULARY = [*SPECIAL, *LETTERS, *(f"##{one}" for one in LETTERS)]
TEXTS = ("đường ngập quá!", "cảm ơn anh", "bán nhà 0900", "mai mưa không?", "a b c " * 80)


def weights_of(
    classes: int = len(CLASSES), hidden: int = 64, layers: int = 2
) -> dict[str, npt.NDArray[np.float32]]:
    """Random weights by the names of training.encoder."""
    draw = np.random.default_rng(7)

    def table(*shape: int) -> npt.NDArray[np.float32]:
        return draw.standard_normal(shape).astype(np.float32) * np.float32(0.15)

    def norm(name: str) -> dict[str, npt.NDArray[np.float32]]:
        return {f"{name}.weight": 1 + table(hidden), f"{name}.bias": table(hidden)}

    def dense(name: str, out: int, inside: int) -> dict[str, npt.NDArray[np.float32]]:
        return {f"{name}.weight": table(out, inside), f"{name}.bias": table(out)}

    found = {"word.weight": table(len(VOCABULARY), hidden), "place.weight": table(HEAD + TAIL + 4, hidden)}
    found |= norm("norm") | dense("dense", hidden, hidden) | dense("proj", classes, hidden)
    for number in range(layers):
        own = f"layers.{number}"
        found |= dense(f"{own}.qkv", 3 * hidden, hidden) | dense(f"{own}.out", hidden, hidden)
        found |= dense(f"{own}.wide", 4 * hidden, hidden) | dense(f"{own}.narrow", hidden, 4 * hidden)
        found |= norm(f"{own}.first") | norm(f"{own}.second")
    return found


def make_student(folder: Path, temperature: float = 1.5) -> Path:
    """Write a random student to `folder`, its vocabulary beside it."""
    vocabulary = folder.with_name(f"{folder.name}.txt")
    vocabulary.write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    write_student(folder, weights_of(), TEXTS, (vocabulary, CLASSES, temperature))
    return folder


def student(asked: Asked, folder: Path, classes: tuple[Class, ...] = CLASSES) -> Student:
    """A random student of classes, ready to be saved beside a compact reader."""
    vocabulary = folder / "vocabulary-of-tests.txt"
    vocabulary.write_text("\n".join(VOCABULARY) + "\n", encoding="utf-8")
    return Student(asked, weights_of(len(classes)), vocabulary, TEXTS)
