"""Post → Prediction: probabilities of spam, negative, positive."""

from __future__ import annotations

from pathlib import Path

from nlp import folder as _folder
from nlp.answer import Answer, Class, Moved
from nlp.folder import ModelCard
from nlp.model import Model, load
from nlp.reader import Place

__all__ = [
    "SHIPPED",
    "Answer",
    "Class",
    "Model",
    "ModelCard",
    "Moved",
    "Place",
    "card",
    "find",
    "held",
    "load",
]

SHIPPED: Path = Path(__file__).parent / "shipped"


def find(name_or_folder: str | Path, models_dir: Path) -> Path:
    """The model folder that a name, `shipped` or a path means; UsageError where there is none."""
    return _folder.find(str(name_or_folder), models_dir, SHIPPED)


def card(folder: Path) -> ModelCard:
    """What the model in a folder says of itself; InputError where the folder is not whole."""
    return _folder.read_card(folder)


def held(models_dir: Path) -> list[tuple[Path, ModelCard]]:
    """The shipped model and those in `models_dir`, each with its folder."""
    return _folder.held(models_dir, SHIPPED)
