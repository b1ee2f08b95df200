"""One word as a comparison sees it."""

from __future__ import annotations

from dataclasses import dataclass

# What a word has as its `raw` that was taken out of one token with the word before it.
JOINED = "\0"


@dataclass(frozen=True, slots=True)
class Word:
    """One word as a comparison sees it.

    `plain`: folded, chat spellings written out, numbers in digits. `marked`: as typed in lower case, or ""
    where its marks are not known: in unmarked typing, and where it was written out. `name`: capitalised
    within a sentence that is not all capitals.
    `first`, `last`: at the edge of a sentence. `typed`: the chat spelling of which it and the words behind
    it, `span` in all, were written out; of an acronym, the acronym. `pause`: the comma or colon behind it.
    """

    plain: str
    marked: str
    name: bool = False
    first: bool = False
    last: bool = False
    asked: bool = False
    typed: str = ""
    span: int = 1
    pause: str = ""
    raw: str = ""

    def changed(
        self,
        *,
        name: bool | None = None,
        first: bool = False,
        last: bool = False,
        asked: bool = False,
        pause: str = "",
    ) -> Word:
        """The word with what is said of it besides; `dataclasses.replace` takes five times as long."""
        return Word(
            self.plain,
            self.marked,
            self.name if name is None else name,
            first or self.first,
            last or self.last,
            asked or self.asked,
            self.typed,
            self.span,
            pause or self.pause,
            self.raw,
        )

    @property
    def number(self) -> bool:
        """Whether it is written in digits."""
        return self.plain[0].isdigit()
