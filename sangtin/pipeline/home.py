"""An empty folder → a home with a record, an index, a model and a key; and whether all is well with it."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

import nlp
from sangtin import follower
from sangtin.errors import SangtinError, UsageError
from sangtin.pipeline.authors import author_key
from sangtin.pipeline.parts import opened, search_of
from sangtin.post import now
from sangtin.record import (
    Record,
    accounts,
    collecting,
    init_record,
    ledger,
    models,
    placing,
    reading,
    sources,
)
from sangtin.settings import Settings

# Room that a laptop needs to go on working for a while, in bytes.
SPACE = 1_000_000_000
LOCAL_PERSON = "local"
# Without a post for so long, a source that should bring some every day has fallen silent: longer than a
# week-end, in which many bring none.
SILENCE = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that doctor looked at; `todo` says what to do where it is not well."""

    name: str
    well: bool
    found: str
    todo: str = ""


def init(settings: Settings) -> None:
    """Make the home, or bring it up to date; asks nothing, and repeating it changes nothing."""
    _make_folders(settings)
    author_key(settings.author_key_file)
    record = init_record(settings.record_url)
    try:
        with record.read() as connection:
            chosen = models.model_in_use(connection)
        if chosen is None:
            use_model(record, settings, nlp.SHIPPED)
        with record.write(durable=True) as writing:
            accounts.put_person(writing, LOCAL_PERSON, "operator")
    finally:
        record.close()
    search_of(settings).close()


def _make_folders(settings: Settings) -> None:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        settings.home.chmod(0o700)
        settings.models.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"{settings.home} can't be the home ({error.strerror}). Mend that, or name another with --home."
        ) from error


def use_model(record: Record, settings: Settings, folder: Path) -> nlp.Model:
    """Read with a model from now on, and give it back. A copy is kept at home, which no upgrade changes."""
    from sangtin.pipeline.reading import checked

    model = checked(nlp.load(folder, nlp.Place(settings.cache, settings.backend)))
    kept = settings.models / model.name
    if folder.resolve() != kept.resolve() and not _same(folder, kept):
        _copy(folder, kept)
    with record.write(durable=True) as writing:
        models.use_model(writing, model.name, str(kept))
    return model


def _same(folder: Path, kept: Path) -> bool:
    """Whether a copy holds every file of a model as it is."""
    files = [file.relative_to(folder) for file in folder.rglob("*") if file.is_file()]
    return all(
        (kept / file).is_file() and filecmp.cmp(folder / file, kept / file, shallow=False) for file in files
    )


def _copy(folder: Path, kept: Path) -> None:
    """Copy a model home; a damaged copy gives way to it only once the new one is whole."""
    arriving, leaving = (kept.with_name(f".{kept.name}.{os.getpid()}{end}") for end in ("", ".old"))
    shutil.rmtree(arriving, ignore_errors=True)
    shutil.copytree(folder, arriving)
    if kept.exists():
        kept.rename(leaving)
    arriving.rename(kept)
    shutil.rmtree(leaving, ignore_errors=True)


def doctor(settings: Settings) -> Iterator[Check]:
    """Look at everything that a run needs, and say what to do about what is missing."""
    yield _home(settings)
    yield from _key(settings)
    try:
        with opened(settings) as parts, parts.record.read() as connection:
            total = ledger.ledger(connection)
            agrees = total == ledger.recount(connection)
            yield Check(
                "ledger", agrees, f"{total.identified} posts", "Restore a backup; the record disagrees."
            )
            in_use = models.model_in_use(connection)
            yield from _model(in_use, settings)
            waits = placing.count_unplaced(connection)
            waits += reading.count_unread(connection, in_use.key) if in_use else 0
            yield Check("waiting", waits == 0, f"{waits} posts", "Run: sangtin sieve")
            yield _index(follower.lag(parts.record, parts.search))
            yield from _silent(connection)
    except SangtinError as error:
        yield Check("engines", False, error.message, "Do what the message says.")
    yield _space(settings)


def _model(in_use: models.KnownModel | None, settings: Settings) -> Iterator[Check]:
    """Whether the model in use is there and whole, and how this machine computes each transformer of it."""
    from sangtin.pipeline.reading import folder_of

    if in_use is None:
        yield Check("model", False, "none", "Run: sangtin init")
        return
    try:
        folder = folder_of(in_use, settings)
        nlp.card(folder)
        found = nlp.how_read(folder, nlp.Place(settings.cache, settings.backend))
    except SangtinError as error:
        todo = "Or read with the shipped one. Run: sangtin model use shipped"
        yield Check("model", False, in_use.name, f"{error.message} {todo}")
        return
    yield Check("model", True, in_use.name)
    for name, how in found.items():
        yield Check(name, True, how)


def _home(settings: Settings) -> Check:
    home = settings.home
    if not home.is_dir():
        return Check("home", False, f"{home} is not there", "Run: sangtin init")
    private = home.stat().st_mode & 0o077 == 0
    return Check("home", private, str(home), f"Others can look into it. Run: chmod 700 {home}")


def _key(settings: Settings) -> Iterator[Check]:
    """Whether the authors' key is there and nobody else's to read."""
    if not settings.home.is_dir():
        return
    file = settings.author_key_file
    if not file.exists():
        todo = "Put your copy of it back, or run: sangtin init (authors then get new pseudonyms)"
        yield Check("key", False, f"{file} is not there", todo)
        return
    try:
        author_key(file)
    except SangtinError as error:
        yield Check("key", False, str(file), error.message)
    except OSError as error:
        yield Check("key", False, f"{file}: {error.strerror}", "Check its owner and rights.")
    else:
        yield Check("key", True, str(file))


def _index(behind: int) -> Check:
    return Check("index", behind == 0, f"{behind} changes behind", "Run: sangtin index follow")


def _silent(connection: Connection) -> Iterator[Check]:
    """Whether each source that should bring posts every day has brought one lately."""
    newest, since = collecting.newest_posts(connection), now() - SILENCE
    expected = [each for each in sources.all_sources(connection) if each.source.expected_per_day]
    silent = [e.source.name for e in expected if newest.get(e.source.name, e.added_at) < since]
    if expected:
        todo = (
            f"No post for {SILENCE.days} days. Run: sangtin source show NAME; or set its --expected-per-day 0"
        )
        yield Check("sources", not silent, f"silent: {', '.join(silent)}" if silent else "none silent", todo)


def _space(settings: Settings) -> Check:
    there = next(folder for folder in (settings.home, *settings.home.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(there).free
    return Check(
        "disk", free > SPACE, f"{free // 1_000_000} MB free", "Free some space before you sieve more."
    )
