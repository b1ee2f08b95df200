"""Byte pair encoding as fastBPE's files mean it, written plainly: what sub-words are held against."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from nlp.subwords import MERGES, SPECIAL, UNKNOWN, VOCABULARY


class PlainBpe:
    """The numbers of a text's sub-words, one word at a time."""

    def __init__(self, folder: Path) -> None:
        lines = (folder / VOCABULARY).read_text(encoding="utf-8").splitlines()
        self.numbers = {line.rpartition(" ")[0]: place + SPECIAL for place, line in enumerate(lines)}
        codes = (folder / MERGES).read_text(encoding="utf-8").splitlines()
        self.ranks = {tuple(line.split(" ")[:2]): rank for rank, line in enumerate(codes)}
        self.known: dict[str, list[int]] = {}

    def ids(self, text: str) -> list[int]:
        return [number for word in text.split(" ") if word for number in self._word(word)]

    def _word(self, word: str) -> list[int]:
        if word not in self.known:
            parts = self._merged([*word[:-1], word[-1] + "</w>"])
            named = [part + "@@" for part in parts[:-1]] + [parts[-1].removesuffix("</w>")]
            self.known[word] = [self.numbers.get(name, UNKNOWN) for name in named]
        return self.known[word]

    def _merged(self, parts: list[str]) -> list[str]:
        while len(parts) > 1:
            pairs = list(pairwise(parts))
            best = min(pairs, key=lambda pair: self.ranks.get(pair, len(self.ranks)))
            if best not in self.ranks:
                return parts
            merged: list[str] = []
            at = 0
            while at < len(parts):
                if at + 1 < len(parts) and (parts[at], parts[at + 1]) == best:
                    merged.append(parts[at] + parts[at + 1])
                    at += 2
                else:
                    merged.append(parts[at])
                    at += 1
            parts = merged
        return parts
