"""Post → Prediction: probabilities of spam, negative, positive."""

from __future__ import annotations

from pathlib import Path

from nlp import folder as _folder
from nlp.answer import Answer, Class, Moved
from nlp.model import Model, load

__all__ = ["SHIPPED", "Answer", "Class", "Model", "Moved", "find", "load"]

SHIPPED: Path = Path(__file__).parent / "shipped"


def find(name_or_folder: str | Path, models_dir: Path) -> Path:
    """The model folder that a name, `shipped` or a path means; UsageError where there is none."""
    return _folder.find(str(name_or_folder), models_dir, SHIPPED)
