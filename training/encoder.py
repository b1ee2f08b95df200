"""A transformer of RoBERTa's form in torch, and the optimiser that trains it in 16 bits.

Needs torch and numpy alone, so that it also runs where a GPU is and nothing else of this project.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # torch's own name for it
from torch import nn

from training.encoder_shape import NORM, head_size

SPREAD = 0.02  # of new weights (Devlin et al. 2019's code)
FIRST_PLACE = 2  # RoBERTa leaves two positions unused
CLIP = 1.0  # the largest norm of a gradient


@dataclass(frozen=True, slots=True)
class Shape:
    """How large an encoder is; the middle of a layer is 4 × hidden."""

    vocabulary: int
    hidden: int
    layers: int
    positions: int
    classes: int


class Layer(nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
    """Self-attention and a wide middle, each added to its input and normalised after."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.head, self.drop = head_size(hidden), 0.0
        self.qkv, self.out = nn.Linear(hidden, 3 * hidden), nn.Linear(hidden, hidden)
        self.wide, self.narrow = nn.Linear(hidden, 4 * hidden), nn.Linear(4 * hidden, hidden)
        self.first, self.second = nn.LayerNorm(hidden, eps=NORM), nn.LayerNorm(hidden, eps=NORM)

    def forward(self, value: Any, seen: Any) -> Any:
        """`value` (texts, places, hidden); `seen` (texts, 1, 1, places) is false where a text has ended."""
        texts, places, hidden = value.shape
        drop = self.drop if self.training else 0.0
        split = self.qkv(value).view(texts, places, 3, hidden // self.head, self.head)
        queries, keys, values = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(queries, keys, values, attn_mask=seen, dropout_p=drop)
        mixed = self.out(mixed.transpose(1, 2).reshape(texts, places, hidden))
        value = self.first(value + F.dropout(mixed, drop, self.training))
        grown = self.narrow(F.gelu(self.wide(value)))
        return self.second(value + F.dropout(grown, drop, self.training))


class Encoder(nn.Module):  # type: ignore[misc]
    """Sub-words → hidden states; heads over them that guess hidden words, and classes."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape, self.drop = shape, 0.0
        self.word = nn.Embedding(shape.vocabulary, shape.hidden)
        self.place = nn.Embedding(shape.positions + FIRST_PLACE, shape.hidden)
        self.norm = nn.LayerNorm(shape.hidden, eps=NORM)
        self.layers = nn.ModuleList(Layer(shape.hidden) for _ in range(shape.layers))
        self.guess = nn.Linear(shape.hidden, shape.hidden)
        self.guess_norm = nn.LayerNorm(shape.hidden, eps=NORM)
        self.guess_bias = nn.Parameter(torch.zeros(shape.vocabulary))
        self.dense = nn.Linear(shape.hidden, shape.hidden)
        self.proj = nn.Linear(shape.hidden, shape.classes)
        for one in self.modules():
            if isinstance(one, nn.Linear | nn.Embedding):
                nn.init.normal_(one.weight, std=SPREAD)
            if isinstance(one, nn.Linear):
                nn.init.zeros_(one.bias)

    def dropping(self, share: float) -> None:
        """Leave out this share of what a layer gives while training."""
        self.drop = share
        for layer in self.layers:
            layer.drop = share

    def hidden(self, ids: Any, lengths: Any | None) -> Any:
        """Shape (texts, places, hidden); without `lengths` every text fills its row."""
        seen = None
        if lengths is not None:
            places = torch.arange(ids.shape[1], device=ids.device)
            seen = (places[None] < lengths[:, None])[:, None, None]
        value = self.word(ids) + self.place.weight[FIRST_PLACE : FIRST_PLACE + ids.shape[1]]
        value = F.dropout(self.norm(value), self.drop, self.training)
        for layer in self.layers:
            value = layer(value, seen)
        return value

    def words(self, hidden: Any) -> Any:
        """What stood at hidden places: (places, hidden) → (places, vocabulary)."""
        return F.linear(self.guess_norm(F.gelu(self.guess(hidden))), self.word.weight, self.guess_bias)

    def logits(self, ids: Any, lengths: Any) -> Any:
        """Shape (texts, classes), in 32 bits."""
        value = F.dropout(self.hidden(ids, lengths)[:, 0], self.drop, self.training)
        value = F.dropout(torch.tanh(self.dense(value)), self.drop, self.training)
        return self.proj(value).float()


class Adam:
    """AdamW on 32-bit copies of a model's 16-bit weights."""

    def __init__(self, model: Encoder, rate: float, decay: float) -> None:
        named = [(name, one) for name, one in model.named_parameters() if one.requires_grad]
        self.names = [name for name, _one in named]
        self.low = [one for _name, one in named]
        self.high = [one.detach().float().clone() for one in self.low]
        tables, rest = ([one for one in self.high if (one.dim() > 1) is many] for many in (True, False))
        groups = [{"params": tables, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]
        fused = self.low[0].is_cuda
        self.held = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.98), eps=1e-6, fused=fused)
        self.rate = rate

    def step(self, share: float) -> None:
        """Move by the gradients that are there, at a share of the rate, and forget them."""
        live = [(high, low) for high, low in zip(self.high, self.low, strict=True) if low.grad is not None]
        slopes = [low.grad.float() for _high, low in live]
        norm = torch.linalg.vector_norm(torch.stack(torch._foreach_norm(slopes)))
        torch._foreach_mul_(slopes, (CLIP / norm.clamp(min=CLIP)).nan_to_num(0.0))
        for (high, low), slope in zip(live, slopes, strict=True):
            high.grad, low.grad = slope, None
        for group in self.held.param_groups:
            group["lr"] = self.rate * share
        self.held.step()
        with torch.no_grad():
            torch._foreach_copy_([low for _high, low in live], [high for high, _low in live])

    def state(self) -> dict[str, Any]:
        """The weights in 32 bits by name."""
        return dict(zip(self.names, (one.detach() for one in self.high), strict=True))


def device() -> str:
    """Where torch computes here."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def tell(line: str) -> None:
    """Say how far it is, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fresh(shape: Shape) -> Encoder:
    """An encoder that has read nothing, in 16 bits."""
    found: Encoder = Encoder(shape).to(device()).to(torch.bfloat16)
    return found


def keep(file: Path, shape: Shape, state: Mapping[str, Any]) -> None:
    """Write an encoder in 16 bits."""
    torch.save(
        {"shape": asdict(shape), "state": {name: one.half().cpu() for name, one in state.items()}}, file
    )


def kept(file: Path, classes: int) -> Encoder:
    """An encoder that was pretrained, with a new head for classes; what guesses words stands still."""
    held = torch.load(file, weights_only=True)
    model = Encoder(Shape(**(held["shape"] | {"classes": classes})))
    known = {name: one.float() for name, one in held["state"].items() if not name.startswith("proj")}
    model.load_state_dict(known, strict=False)
    for one in (*model.guess.parameters(), *model.guess_norm.parameters(), model.guess_bias):
        one.requires_grad_(False)
    found: Encoder = model.to(device()).to(torch.bfloat16)
    return found
