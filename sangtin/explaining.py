"""Texts → what moved their label, and where two of them differ; what the screens ask of the stages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from api.services import Edit, Moved, Piece, Services
from sangtin.errors import SangtinError
from sangtin.pipeline.campaigns import accounts_at_once
from sangtin.pipeline.parts import Parts
from sangtin.pipeline.reading import InUse, load_in_use
from sangtin.post import Flag, Label
from sangtin.record import models

# Words, and the white space between them, each a piece of its own.
PIECES = re.compile(r"\s+|\S+")


class Explaining:
    """Explains with the model in use, loaded when it is first asked and when a person chose another."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._in_use: InUse | None = None

    def services(self) -> Services:
        """What the screens are handed."""
        return Services(self.why, differences, self.why_flagged, accounts_at_once)

    def why(self, text: str, label: Label) -> Sequence[Moved]:
        """The characters that moved the model in use; nothing where no model can say."""
        try:
            model = self._model().model
        except SangtinError:
            return ()
        return [Moved(each.start, each.end, each.weight) for each in model.why(text, label.value)]

    def why_flagged(self, text: str, flag: Flag) -> Sequence[Moved]:
        """The characters that moved the chance of a flag; nothing where no model can say."""
        try:
            model = self._model().model
        except SangtinError:
            return ()
        return [Moved(each.start, each.end, each.weight) for each in model.why_flagged(text, flag.value)]

    def _model(self) -> InUse:
        with self._parts.record.read() as connection:
            key = models.current_model(connection)
        if self._in_use is None or self._in_use.key != key:
            self._in_use = load_in_use(self._parts.record, self._parts.settings)
        return self._in_use


def differences(old: str, new: str) -> Sequence[Piece]:
    """Word by word: `same` and `removed` pieces make the old text, `same` and `added` ones the new."""
    before, after = PIECES.findall(old), PIECES.findall(new)
    pieces: list[Piece] = []
    for _, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        same = before[a:b] == after[c:d]
        if same:
            pieces.append(Piece("".join(before[a:b]), Edit.SAME))
            continue
        gone, came = "".join(before[a:b]), "".join(after[c:d])
        pieces += [Piece(gone, Edit.REMOVED)] if gone else []
        pieces += [Piece(came, Edit.ADDED)] if came else []
    return pieces
