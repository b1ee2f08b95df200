"""Post → Prediction: probabilities of spam, negative, positive."""

from __future__ import annotations

from pathlib import Path

from nlp import folder as _folder
from nlp.answer import Answer, Class, Moved
from nlp.beside import Beside
from nlp.flags import Flags
from nlp.folder import PHOBERT, ModelCard, Plain
from nlp.model import Model, load
from nlp.reader import Place

__all__ = [
    "SHIPPED",
    "Answer",
    "Beside",
    "Class",
    "Flags",
    "Model",
    "ModelCard",
    "Moved",
    "Place",
    "Plain",
    "card",
    "find",
    "held",
    "held_plain",
    "how_read",
    "load",
]

SHIPPED: Path = Path(__file__).parent / "shipped"


def find(name_or_folder: str | Path, models_dir: Path) -> Path:
    """The model folder that a name, `shipped` or a path means; UsageError where there is none."""
    return _folder.find(str(name_or_folder), models_dir, SHIPPED)


def card(folder: Path) -> ModelCard | Plain:
    """What the model in a folder says of itself; InputError where the folder is not whole."""
    return _folder.read_plain(folder) if _folder.is_plain(folder) else _folder.read_card(folder)


def how_read(folder: Path, place: Place) -> dict[str, str]:
    """For each transformer of a model, the back end that this machine reads with, and why."""
    from nlp.phobert import how_it_reads

    if _folder.is_plain(folder):
        return {PHOBERT: how_it_reads(folder, place)}
    found = _folder.read_card(folder).readers
    return {step.name: how_it_reads(folder / step.name, place) for step in found if step.type == PHOBERT}


def held(models_dir: Path) -> list[tuple[Path, ModelCard]]:
    """The shipped model and those in `models_dir`, each with its folder."""
    return _folder.held(models_dir, SHIPPED)


def held_plain(models_dir: Path) -> list[tuple[Path, Plain]]:
    """The folders of mere weights in `models_dir` that tell labels apart."""
    return _folder.held_plain(models_dir)
