"""The name of published PhoBERT weights → a folder on this machine."""

from __future__ import annotations

from pathlib import Path

from nlp.huggingface import CONFIG, PICKLE
from nlp.subwords import MERGES, VOCABULARY
from sangtin.errors import MissingError

# Licences as their cards on the hub state them.
PUBLISHED = {
    "vinai/phobert-base": "MIT",
    "vinai/phobert-large": "MIT",
    "vinai/phobert-base-v2": "AGPL-3.0",
}
NEEDED = (CONFIG, "*.safetensors", PICKLE, VOCABULARY, MERGES)


def is_published(name: str) -> bool:
    """Whether a name means published weights."""
    return name in PUBLISHED


def licence_note(name: str) -> str | None:
    """What a person who takes these weights, by their name or in a folder named so, should know of their
    licence; None where it asks for nothing."""
    last = name.rstrip("/").rpartition("/")[2]
    strict = (full for full, licence in PUBLISHED.items() if licence == "AGPL-3.0")
    meant = next((full for full in strict if full.endswith(f"/{last}")), None)
    if meant is None:
        return None
    return (
        f"{meant} is under AGPL-3.0: who serves a model made from it must offer its source too. "
        "vinai/phobert-base is under MIT."
    )


def fetched(name: str, models: Path) -> Path:
    """The folder of published weights: put there by a person, kept from earlier, or fetched now.

    MissingError says where to put them where they can't be fetched.
    """
    placed = models / name.rpartition("/")[2]
    if (placed / CONFIG).is_file():
        return placed
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    for offline in (True, False):
        try:
            folder = snapshot_download(name, allow_patterns=list(NEEDED), local_files_only=offline)
        except (LocalEntryNotFoundError, HfHubHTTPError, OSError):
            continue
        if _is_whole(Path(folder)):
            return Path(folder)
    raise MissingError(
        f"The weights of {name} are not on this machine and could not be fetched. Put {CONFIG}, "
        f"model.safetensors (or {PICKLE}), {VOCABULARY} and {MERGES} into {placed}"
    )


def _is_whole(folder: Path) -> bool:
    """Whether all that reading needs is there; of a fetch that was broken off only some files are."""
    weights = any(folder.glob("*.safetensors")) or (folder / PICKLE).is_file()
    return weights and all((folder / name).is_file() for name in (CONFIG, VOCABULARY, MERGES))
