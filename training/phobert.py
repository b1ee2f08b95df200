"""Labelled rows and PhoBERT's weights → a model folder whose reader was fine-tuned on them."""

from __future__ import annotations

import json
import math
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nlp import Class
from nlp.answer import fold, labels_of
from nlp.backend import cores, has_torch
from nlp.batching import Ints, padded
from nlp.folder import CARD, PHOBERT, ModelCard, Step, read_card, write_card
from nlp.huggingface import CONFIG, KIND_MARK, Checkpoint, open_checkpoint
from nlp.phobert import PhoBertReader, encode, load_subwords, write_reader
from nlp.reader import Place
from nlp.subwords import PAD
from sangtin.errors import MissingError, UsageError
from training.calibration import best_temperature
from training.fit import classes_of, examples, refuse_taken, split_rows
from training.rows import Row, data_hash
from training.thresholds import Answered, Bounds, choose

if TYPE_CHECKING:
    import torch

WEIGHTS = "model.safetensors"
SEED = 20_240_601
CLIP = 1.0  # the largest norm of a gradient (Devlin et al. 2019's code)
DECAY = 0.01  # of weights, not of biases and norms (Devlin et al. 2019, appendix A.2)


@dataclass(frozen=True, slots=True)
class Settings:
    """How weights are fine-tuned: Devlin et al. 2019, appendix A.3, with PhoBERT's batch of 32.

    `rate` is the largest rate of learning, reached after `warm` of all steps and then falling to zero.
    """

    epochs: int = 4
    rate: float = 3e-5
    batch: int = 32
    warm: float = 0.1


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides a model besides its rows."""

    day: date
    source: Path
    place: Place
    settings: Settings = field(default_factory=Settings)
    bounds: Bounds = field(default_factory=Bounds)


def fit_phobert(rows: Sequence[Row], dev: Sequence[Row], out: Path, plan: Plan) -> ModelCard:
    """Fine-tune the weights of `plan.source` on `rows` and seal a model of one reader in `out`.

    Temperature and thresholds are chosen on `dev`; without it, on a tenth of the rows, which the model then
    never learns from. Same rows, plan and machine, same answers.
    """
    refuse_taken(out)
    _needs_torch()
    classes = classes_of(rows)
    kept, held = (rows, dev) if dev else split_rows(rows)
    cache = plan.place.cache or out.with_name(f".{out.name}.cache")
    start = open_checkpoint(plan.source, cache)
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    folder = draft / PHOBERT
    folder.mkdir(parents=True)
    _fine_tuned(start, (kept, classes), plan.settings, folder)
    write_reader(folder, start.folder, 1.0)
    thresholds = _settled(folder, held, (classes, start.folder), plan)
    steps = (Step(name=PHOBERT, type=PHOBERT, thresholds=thresholds),)
    card = write_card(draft, plan.day, steps, (labels_of(classes), data_hash([*rows, *dev])))
    draft.rename(out)
    return card


def weights_of(folder: Path) -> Path:
    """The weights to start from in a folder: the folder itself, or the last PhoBERT of a model."""
    if not (folder / CARD).is_file():
        return folder
    found = [folder / step.name for step in read_card(folder).readers if step.type == PHOBERT]
    if not found:
        raise UsageError(
            f"{folder} holds no PhoBERT to fine-tune. Name linear, compact, or PhoBERT's weights."
        )
    return found[-1]


def _needs_torch() -> None:
    if not has_torch():
        raise MissingError('Fine-tuning needs torch. Install it: make install EXTRAS="phobert"')


def _settled(
    folder: Path, held: Sequence[Row], made: tuple[tuple[Class, ...], Path], plan: Plan
) -> dict[str, float]:
    """Choose the temperature, write it, and choose the thresholds, on rows that were held out."""
    classes, source = made
    reader = PhoBertReader.load(folder, PHOBERT, Place(plan.place.cache, "onnx-fp32"))
    said = examples(held, classes)
    logits = reader.logits(said.texts)
    weights = said.weights.astype(np.float64)
    temperature = best_temperature(logits, said.shares.astype(np.float64), weights)
    write_reader(folder, source, temperature)
    labels = labels_of(classes)
    cool = np.exp(logits / temperature - (logits / temperature).max(axis=1, keepdims=True))
    scores = fold(cool / cool.sum(axis=1, keepdims=True), classes, labels)
    truth = np.array([labels.index(row.target.label) for row in held])
    answered = Answered(scores, truth, truth, weights)
    return choose(answered, labels, plan.bounds.error, plan.bounds.missed)


def _fine_tuned(
    start: Checkpoint, shown: tuple[Sequence[Row], tuple[Class, ...]], settings: Settings, folder: Path
) -> None:
    """Train, and write config and weights to `folder`."""
    import torch
    from safetensors.torch import save_file

    rows, classes = shown
    # As many as a fresh process has: sums in another order are another model.
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or cores()))
    torch.manual_seed(SEED)
    model = _model(start, classes)
    said = examples(rows, classes)
    ids, _cut = encode(load_subwords(start), said.texts, start.config.positions)
    _train(model, (ids, said.shares, said.weights), settings)
    held = {name: tensor.detach().cpu().float().contiguous() for name, tensor in model.state_dict().items()}
    save_file({name: one for name, one in held.items() if "position_ids" not in name}, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(_config(start, classes), indent=1) + "\n", encoding="utf-8")


def _config(start: Checkpoint, classes: Sequence[Class]) -> dict[str, object]:
    names = [f"{one.label}{KIND_MARK}{one.kind}" if one.kind else one.label for one in classes]
    known = start.config.model_dump(exclude={"id2label"})
    return {
        "architectures": ["RobertaForSequenceClassification"],
        "tokenizer_class": "PhobertTokenizer",
        **known,
        "id2label": {str(place): name for place, name in enumerate(names)},
        "label2id": {name: place for place, name in enumerate(names)},
    }


def _model(start: Checkpoint, classes: Sequence[Class]) -> Any:
    """transformers' model with the weights of a checkpoint; its head is new where it had another."""
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    config = RobertaConfig(**start.config.model_dump(exclude={"id2label", "model_type"}))
    config.num_labels = len(classes)
    model = RobertaForSequenceClassification(config)
    same = start.config.classes == tuple(classes)
    weights = {
        name if name.startswith("classifier") else f"roberta.{name}": torch.from_numpy(table)
        for name, table in start.weights().items()
        if same or not name.startswith("classifier")
    }
    known = model.state_dict().keys()
    model.load_state_dict({name: one for name, one in weights.items() if name in known}, strict=False)
    return model.to("cuda" if torch.cuda.is_available() else "cpu")


def _train(model: Any, shown: tuple[Sequence[Ints], Any, Any], settings: Settings) -> None:
    import torch

    ids, shares, weights = shown
    device = next(model.parameters()).device
    steps = settings.epochs * math.ceil(len(ids) / settings.batch)
    optimiser, plan = _optimiser(model, settings, steps)
    draw = np.random.default_rng(SEED)
    model.train()
    for _epoch in range(settings.epochs):
        for places in _batches(ids, settings.batch, draw):
            table, lengths = padded([ids[place] for place in places], PAD)
            seen = torch.arange(table.shape[1])[None] < torch.from_numpy(lengths)[:, None]
            logits = model(
                input_ids=torch.from_numpy(table).to(device), attention_mask=seen.long().to(device)
            ).logits.float()
            wanted = torch.from_numpy(shares[places]).to(device)
            counts = torch.from_numpy(weights[places]).to(device)
            lost = -(wanted * logits.log_softmax(-1)).sum(-1)
            loss = (lost * counts).sum() / counts.sum().clamp(min=1e-6)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimiser.step()
            plan.step()
    model.eval()


def _optimiser(
    model: Any, settings: Settings, steps: int
) -> tuple[torch.optim.AdamW, torch.optim.lr_scheduler.LambdaLR]:
    import torch

    tables = [one for one in model.parameters() if one.dim() > 1]
    rest = [one for one in model.parameters() if one.dim() <= 1]
    groups = [{"params": tables, "weight_decay": DECAY}, {"params": rest, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=settings.rate)
    warm = max(1, int(settings.warm * steps))

    def rate(step: int) -> float:
        return min((step + 1) / warm, max(0.0, (steps - step) / max(1, steps - warm)))

    return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, rate)


def _batches(ids: Sequence[Ints], size: int, draw: np.random.Generator) -> Iterator[Ints]:
    """Every text once, in batches of like lengths, in an order drawn anew."""
    order = draw.permutation(len(ids))
    lengths = np.array([len(one) for one in ids])
    near: list[Ints] = []
    for first in range(0, len(order), size * 32):  # alike within a stretch, so that batches still differ
        stretch = order[first : first + size * 32]
        stretch = stretch[np.argsort(lengths[stretch], kind="stable")]
        near += [stretch[at : at + size] for at in range(0, len(stretch), size)]
    for place in draw.permutation(len(near)):
        yield near[place]
