"""A folder in Hugging Face's layout ↔ PhoBERT's architecture, classes and weights.

Names of that layout are translated here alone. Nothing in a folder is ever run: weights come from
safetensors, and a pickle is turned into safetensors once, in a child process (nlp.torchside).
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nlp.answer import Class
from sangtin.errors import InputError, MissingError, UsageError
from sangtin.python import environment

CONFIG = "config.json"
PICKLE = "pytorch_model.bin"
HEAD = "classifier.out_proj.weight"
KIND_MARK = "/"  # `spam/advert` in id2label is the label spam and its kind

# How numpy calls what may stand beside bf16 (https://huggingface.co/docs/safetensors/metadata_parsing).
NUMBERS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4"}

Weights = Mapping[str, npt.NDArray[np.float32]]


class Config(BaseModel):
    """config.json, as far as it decides what is computed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    model_type: str
    hidden_size: int = Field(ge=1)
    num_hidden_layers: int = Field(ge=1)
    num_attention_heads: int = Field(ge=1)
    intermediate_size: int = Field(ge=1)
    max_position_embeddings: int = Field(ge=8)
    vocab_size: int = Field(ge=5)
    type_vocab_size: int = Field(default=1, ge=1)
    layer_norm_eps: float = Field(default=1e-5, gt=0)
    hidden_act: str = "gelu"
    position_embedding_type: str = "absolute"
    pad_token_id: int = 1
    id2label: dict[int, str] = Field(default_factory=dict)

    @property
    def positions(self) -> int:
        """Sub-words that it reads at once, the special ones included; RoBERTa leaves two positions unused."""
        return self.max_position_embeddings - self.pad_token_id - 1

    @property
    def classes(self) -> tuple[Class, ...]:
        """What it tells apart, in the order of its outputs."""
        named = [self.id2label[key] for key in sorted(self.id2label)]
        parts = [name.partition(KIND_MARK) for name in named]
        return tuple(Class(label, kind or None) for label, _mark, kind in parts)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder whose config is read, its safetensors, and the SHA-256 of all that decides its logits."""

    folder: Path
    config: Config
    files: tuple[Path, ...]
    digest: str

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Every tensor in 32 bits, its shape checked, without the `roberta.` that begins most names."""
        from safetensors import SafetensorError

        found: dict[str, npt.NDArray[np.float32]] = {}
        for file in self.files:
            try:
                for name, tensor in _tensors(file).items():
                    found[name.removeprefix("roberta.")] = tensor.astype(np.float32)
            except (SafetensorError, KeyError, TypeError) as error:
                raise InputError(f"{file} cannot be read ({error}). Copy it again.") from None
        _check(self, found)
        return found

    def names(self) -> set[str]:
        """The tensors' names, without reading them."""
        from safetensors import SafetensorError, safe_open

        found: set[str] = set()
        for file in self.files:
            try:
                with safe_open(str(file), framework="numpy") as opened:
                    found.update(opened.keys())
            except SafetensorError as error:
                raise InputError(f"{file} cannot be read ({error}). Copy it again.") from None
        return found


def is_checkpoint(folder: Path) -> bool:
    """Whether a folder is in Hugging Face's layout, whatever is in it."""
    return (folder / CONFIG).is_file()


def open_checkpoint(folder: Path, cache: Path) -> Checkpoint:
    """Read a folder's config and find its weights; a pickle is first turned into safetensors in `cache`."""
    config = read_config(folder)
    files = tuple(sorted(folder.glob("*.safetensors")))
    if not files and (folder / PICKLE).is_file():
        files = (_unpickled(folder / PICKLE, cache),)
    if not files:
        raise MissingError(
            f"{folder} has no weights. Put model.safetensors (or {PICKLE}) beside its {CONFIG}."
        )
    return Checkpoint(folder, config, files, _digest(config, files))


def needs_head(checkpoint: Checkpoint) -> None:
    """Refuse weights that were not trained to tell classes apart, with the command that trains them."""
    if HEAD in checkpoint.names():
        if not checkpoint.config.id2label:
            raise InputError(
                f"{checkpoint.folder / CONFIG} has no id2label: nothing says what its classes are. Add "
                '"id2label": {"0": …, "1": …} with the labels in the order that it was trained with.'
            )
        return
    raise UsageError(
        f"{checkpoint.folder} has no classification head: it knows the language and no labels yet. "
        f"Fine-tune it: sangtin train fit --train labelled.jsonl --model {checkpoint.folder} --out FOLDER"
    )


def _tensors(file: Path) -> Mapping[str, npt.NDArray[Any]]:
    """A file's tensors by their names; numpy knows no bf16, whose two bytes are the upper half of a float."""
    from safetensors import deserialize, safe_open
    from safetensors.numpy import load_file

    with safe_open(str(file), framework="numpy") as opened:
        kinds = {opened.get_slice(name).get_dtype() for name in opened.keys()}  # noqa: SIM118  # no mapping
    if "BF16" not in kinds:
        return load_file(file)
    found: dict[str, npt.NDArray[Any]] = {}
    for name, held in deserialize(file.read_bytes()):  # type: ignore[no-untyped-call]  # it has no types
        if held["dtype"] == "BF16":
            flat = (np.frombuffer(held["data"], "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            flat = np.frombuffer(held["data"], NUMBERS[held["dtype"]])
        found[name] = flat.reshape(held["shape"])
    return found


def _digest(config: Config, files: Sequence[Path]) -> str:
    found = hashlib.sha256(config.model_dump_json(exclude={"id2label"}).encode())
    for file in files:
        with file.open("rb") as opened:
            found.update(hashlib.file_digest(opened, "sha256").digest())
    return found.hexdigest()


def read_config(folder: Path) -> Config:
    """A folder's config.json, checked; MissingError, InputError or UsageError says what is wrong."""
    file = folder / CONFIG
    try:
        config = Config.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        raise MissingError(f"{folder} is no model in Hugging Face's layout: it has no {CONFIG}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InputError(f"{file} is damaged ({where}: {first['msg']}). Copy it again.") from None
    known = ("roberta", "gelu", "absolute", 1)
    if (config.model_type, config.hidden_act, config.position_embedding_type, config.pad_token_id) != known:
        raise UsageError(
            f"{file} describes a {config.model_type} with {config.hidden_act}; this version reads PhoBERT's "
            "architecture (roberta, gelu). Take vinai/phobert-base or a model fine-tuned from it."
        )
    if config.hidden_size % config.num_attention_heads:
        raise InputError(f"{file}: hidden_size is no multiple of num_attention_heads. Copy it again.")
    return config


def _check(checkpoint: Checkpoint, weights: Weights) -> None:
    """InputError where a tensor that is needed is not there, has another shape than the config says, or is
    not finite."""
    for name, shape in _shapes(checkpoint.config).items():
        held = weights[name].shape if name in weights else None
        if held != shape and not (held is None and name.startswith("classifier")):
            raise InputError(
                f"{checkpoint.folder}: {name} should have shape {shape}, found {held or 'nothing'}. "
                "Weights and config.json belong to different models; copy the folder again."
            )
    if not all(np.isfinite(table).all() for table in weights.values()):
        raise InputError(f"{checkpoint.folder} holds numbers that are not finite. Copy or train it again.")


def _shapes(config: Config) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor that reading needs."""
    size, wide = config.hidden_size, config.intermediate_size
    found: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (config.vocab_size, size),
        "embeddings.position_embeddings.weight": (config.max_position_embeddings, size),
        "embeddings.token_type_embeddings.weight": (config.type_vocab_size, size),
        "classifier.dense.weight": (size, size),
        "classifier.dense.bias": (size,),
        "classifier.out_proj.weight": (len(config.id2label), size),
        "classifier.out_proj.bias": (len(config.id2label),),
    }
    norms = ["embeddings"]
    for number in range(config.num_hidden_layers):
        layer = f"encoder.layer.{number}"
        parts = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
        for name in (*parts, f"{layer}.attention.output.dense"):
            found |= {f"{name}.weight": (size, size), f"{name}.bias": (size,)}
        found |= {
            f"{layer}.intermediate.dense.weight": (wide, size),
            f"{layer}.intermediate.dense.bias": (wide,),
        }
        found |= {f"{layer}.output.dense.weight": (size, wide), f"{layer}.output.dense.bias": (size,)}
        norms += [f"{layer}.attention.output", f"{layer}.output"]
    for name in norms:
        found |= {f"{name}.LayerNorm.weight": (size,), f"{name}.LayerNorm.bias": (size,)}
    return found


def _unpickled(pickle: Path, cache: Path) -> Path:
    """Safetensors of a pickle's tensors, made once by a child process that can load nothing but tensors."""
    import subprocess

    with pickle.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    made = cache / "safetensors" / f"{digest[:16]}.safetensors"
    if made.is_file():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    draft = made.with_name(f".{made.name}.{os.getpid()}")
    child = subprocess.run(
        [sys.executable, "-m", "nlp.torchside", str(pickle), str(draft)],
        capture_output=True,
        check=False,
        env=environment(),
    )
    if child.returncode == NEEDS_TORCH:
        raise MissingError(
            f"{pickle} is a pickle, and turning it into safetensors once needs torch. "
            'Install it: make install EXTRAS="phobert"'
        )
    if child.returncode:
        draft.unlink(missing_ok=True)
        raise InputError(
            f"{pickle} holds more than tensors, or is damaged; it was not loaded. "
            "Take weights in safetensors."
        )
    draft.rename(made)
    return made


NEEDS_TORCH = 4  # what the child ends with where torch is not installed
