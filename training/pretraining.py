"""Unlabelled texts in sub-words → an encoder that guesses words which were hidden from it.

    python -m training.pretraining FOLDER

reads FOLDER/texts.npz (training.task) and writes FOLDER/student.pt. Needs torch and numpy alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F

from training.encoder import Adam, Shape, device, fresh, keep, tell

SEED = 20_240_601
TOLD_EVERY = 200
LEAST = 5  # sub-words; a shorter text has nothing to guess from
HIDDEN = 0.2  # of all sub-words; of these 8 in 10 are masked, 1 is another, 1 stays (Devlin et al. 2019)
SPECIAL = 5  # numbers before the first sub-word
MASK = 4
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    """How large an encoder is."""

    hidden: int
    layers: int


@dataclass(frozen=True, slots=True)
class Reading:
    """How an encoder is pretrained: sub-words in all, and a batch; the largest rate, and steps up to it."""

    size: Size
    tokens: float
    batch: int
    rate: float
    warm: int = 300
    decay: float = 0.01


# 218 M sub-words: what a GPU read in 100 seconds; its loss was still falling.
STUDENT = Reading(Size(256, 4), 218e6, 65_536, 1e-3)


def pretrain(folder: Path, reading: Reading) -> None:
    """Pretrain an encoder on all texts and write it; says how it fares."""
    torch.manual_seed(SEED)
    held = np.load(folder / "texts.npz")
    lengths = held["lengths"].astype(np.int64)
    flat = torch.from_numpy(held["flat"].astype(np.int32)).to(device())
    starts = torch.from_numpy(np.cumsum(lengths) - lengths).to(device())
    vocabulary, positions = int(held["vocabulary"]), int(held["positions"])
    shape = Shape(vocabulary, reading.size.hidden, reading.size.layers, positions, 2)
    model = fresh(shape)
    adam = Adam(model, reading.rate, reading.decay)
    seen, step, lost, began = 0, 0, [], time.monotonic()
    for length, which in _batches(lengths, reading.batch):
        if seen >= reading.tokens:
            break
        rows = starts[torch.from_numpy(which).to(device())]
        ids = flat[rows[:, None] + torch.arange(length, device=device())].long()
        lost.append(_loss(model, ids, vocabulary))
        adam.step(min(1.0, (step + 1) / reading.warm) * max(0.02, 1 - seen / reading.tokens))
        seen, step = seen + ids.numel(), step + 1
        if step % TOLD_EVERY == 0:
            gone, mean = time.monotonic() - began, torch.stack(lost).mean().item()
            tell(f"{seen / 1e6:.0f} M of {reading.tokens / 1e6:.0f} M, {gone:.0f} s, loss {mean:.3f}")
            lost = []
    keep(folder / "student.pt", shape, adam.state())
    tell(f"written after {time.monotonic() - began:.0f} s")


def _loss(model: Any, ids: Any, vocabulary: int) -> Any:
    """Hide some sub-words, guess them, lean; the loss."""
    hidden = torch.rand(ids.shape, device=ids.device) < HIDDEN
    hidden[:, 0] = hidden[:, -1] = False
    hidden[0, 1] = True  # one at least
    where = hidden.flatten().nonzero().flatten()
    truth = ids.flatten()[where]
    chance = torch.rand(len(where), device=ids.device)
    other = torch.randint(SPECIAL, vocabulary, (len(where),), device=ids.device)
    shown = torch.where(chance < 0.8, MASK, torch.where(chance < 0.9, other, truth))
    seen = ids.flatten().index_copy(0, where, shown).view_as(ids)
    loss = F.cross_entropy(model.words(model.hidden(seen, None).flatten(0, 1)[where]).float(), truth)
    loss.backward()
    return loss.detach()


def _batches(lengths: Ints, batch: int) -> Iterator[tuple[int, Ints]]:
    """Texts of one length, some `batch` sub-words of them, again and again in a new order."""
    draw = np.random.default_rng(SEED)
    alike = {int(one): np.flatnonzero(lengths == one) for one in np.unique(lengths) if one >= LEAST}
    while True:
        found = []
        for length, all_ in alike.items():
            order, many = draw.permutation(all_), max(1, batch // length)
            found += [(length, order[first : first + many]) for first in range(0, len(order), many)]
        # A remainder of a few texts would move the weights as much as a whole batch.
        found = [
            one for one in found if len(one[1]) * one[0] >= batch // 4 or len(alike[one[0]]) < batch // one[0]
        ]
        for place in draw.permutation(len(found)):
            yield found[place]


if __name__ == "__main__":
    pretrain(Path(sys.argv[1]), STUDENT)
