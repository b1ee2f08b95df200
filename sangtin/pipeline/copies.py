"""The folder of the copies' index ↔ the one record, as one placer left it, that it is a cache of."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path

from sangtin.record import Record, placing

# The file in the folder that says which cache it is: the record's epoch and a name of its own.
NAME = "record"


def claim(record: Record, folder: Path) -> None:
    """Make sure that a folder's index knows what the last placer knew; begin an empty one where it may not.

    The record names the cache that was last placed with. Any other, of another machine that placed before, of
    another record or of a time that a restored record has not seen, would hold posts that were erased since.
    To be called under the placer's lease; the placer fills an empty index from the record.
    """
    name, epoch = folder / NAME, record.epoch()
    mine = name.read_text(encoding="utf-8") if name.is_file() else ""
    with record.read() as connection:
        last = placing.last_cache(connection)
    if mine and mine == last and mine.partition(" ")[0] == epoch:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mine = f"{epoch} {secrets.token_hex(8)}"
    name.write_text(mine, encoding="utf-8")
    with record.write() as writing:
        placing.set_cache(writing, mine)
