"""A home ↔ one archive file: the record and the models, never the authors' key."""

from __future__ import annotations

import contextlib
import gzip
import json
import shutil
import sqlite3
import tarfile
import tempfile
import time
import zlib
from pathlib import Path

from sqlalchemy.engine import make_url

from sangtin.errors import EngineError, InputError, MissingError, UsageError
from sangtin.pipeline.arriving import arriving
from sangtin.post import now
from sangtin.record import init_record, new_epoch
from sangtin.settings import Settings

FORMAT = 1
# An unfinished backup of that age is nobody's, in seconds.
LEFT_S = 86_400
# How much is unpacked at once, in bytes.
_PIECE = 1 << 20
KEY_NOTE = (
    "The authors' key (author.key) is in no backup. With the old key in this home, authors keep their "
    "pseudonyms; without it, posts fetched from now on get new ones, and who posted before can't be matched."
)


def backup(settings: Settings, file: Path) -> int:
    """Write record, models and settings to one file; safe while others work. Returns its size in bytes."""
    database = _database(settings, "backed up with pg_dump")
    if not database.exists():
        raise MissingError(
            f"There is no record at {database}. Nothing to back up; make one with: sangtin init"
        )
    _clear(settings.home)
    folders = tempfile.TemporaryDirectory(dir=settings.home, prefix=".backup-")
    with arriving(file) as beside, folders as folder:
        copy = Path(folder) / "record.db"
        _copy_database(database, copy)
        manifest = Path(folder) / "manifest.json"
        manifest.write_text(json.dumps({"format": FORMAT, "at": now().isoformat()}))
        beside.touch(mode=0o600)  # it holds posts, password hashes and settings, and often leaves the home
        with tarfile.open(beside, "w:gz", compresslevel=3) as archive:
            archive.add(manifest, "manifest.json")
            archive.add(copy, "record.db")
            for part in (settings.models, settings.home / "config.toml"):
                if part.exists():
                    archive.add(part, part.name)
    return file.stat().st_size


def restore(settings: Settings, file: Path) -> None:
    """Bring a backup into a home that has no record. The search index is rebuilt when it next follows."""
    database = _database(settings, "restored with pg_restore")
    if there := [file for file in (database, *_logs(database)) if file.exists()]:
        names = ", ".join(file.name for file in there)
        raise UsageError(
            f"{names} in {database.parent}: a record is there. Stop what works on it and move all of that "
            "into one other folder, for they belong together; or restore with another --home."
        )
    settings.home.mkdir(parents=True, exist_ok=True)
    settings.home.chmod(0o700)
    _clear(settings.home)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as folder:
        _unpack(file, Path(folder))
        _check(file, Path(folder))
        brought = init_record(f"sqlite:///{Path(folder) / 'record.db'}")  # of an earlier version, perhaps
        with contextlib.closing(brought), brought.write(durable=True) as writing:
            new_epoch(writing)
        settings.models.mkdir(exist_ok=True)
        for part in (*(Path(folder) / "models").glob("*"), Path(folder) / "config.toml"):
            place = settings.home / part.relative_to(folder)
            if part.exists() and not place.exists():
                part.rename(place)
        (Path(folder) / "record.db").rename(database)


def _clear(home: Path) -> None:
    """Remove what a backup or a restore that was killed left: a readable copy of the record."""
    for pattern in (".backup-*", ".restore-*"):
        for left in home.glob(pattern):
            if time.time() - left.stat().st_mtime > LEFT_S:
                shutil.rmtree(left, ignore_errors=True)


def _logs(database: Path) -> tuple[Path, ...]:
    """What SQLite keeps beside a database: it would write the log of one into another of the same name."""
    return tuple(database.with_name(database.name + end) for end in ("-wal", "-shm"))


def _database(settings: Settings, instead: str) -> Path:
    url = make_url(settings.record_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError(f"A record on PostgreSQL is {instead}; this command is for the embedded record.")
    return Path(url.database)


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup: a consistent copy while others write."""
    with (
        contextlib.closing(sqlite3.connect(source)) as reading,
        contextlib.closing(sqlite3.connect(target)) as writing,
    ):
        try:
            reading.backup(writing)
        except sqlite3.DatabaseError as error:
            raise EngineError(
                f"The record can't be copied to {target.parent} ({error}). Free some space there; or, if the "
                "record is damaged, restore an earlier backup."
            ) from error


def _unpack(file: Path, folder: Path) -> None:
    try:
        with gzip.open(file) as stream:
            with tarfile.open(fileobj=stream, mode="r:") as archive:
                archive.extractall(folder, filter="data")
            while stream.read(_PIECE):  # gzip's checksum stands at its end, behind what tar reads
                pass
    except FileNotFoundError as error:
        raise UsageError(f"There is no file {file}. Check the path.") from error
    except IsADirectoryError as error:
        raise UsageError(f"{file} is a folder. Name the file that `sangtin backup` wrote.") from error
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{file} is not a whole backup ({error}). Choose another file.") from error


def _check(file: Path, folder: Path) -> None:
    try:
        manifest = json.loads((folder / "manifest.json").read_text())
        whole = manifest["format"] == FORMAT and (folder / "record.db").is_file()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file} is not a backup of sangtin: its manifest can't be read.") from error
    if not whole:
        raise InputError(f"{file} was made by another version. Restore it with that version, then upgrade.")
    with contextlib.closing(sqlite3.connect(folder / "record.db")) as connection:
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise InputError(f"The record in {file} is damaged. Choose another backup.")
