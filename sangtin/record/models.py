"""Which model reads: a pointer in the record, and the models that have ever answered."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from sangtin.post import now
from sangtin.record.changes import upsert
from sangtin.record.engine import Writing
from sangtin.record.schema import meta, model


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that was in use: its key in the record, its name and the folder it was loaded from."""

    key: int
    name: str
    folder: str


def use_model(writing: Writing, name: str, folder: str) -> int:
    """Point `sieve` at a model from now on. Outcomes stand until it has answered. Returns its key."""
    connection = writing.connection
    row = {"name": name, "folder": folder, "added_at": now()}
    insert = upsert(connection, model).values(**row)
    connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_={"folder": folder}))
    key = int(connection.execute(select(model.c.key).where(model.c.name == name)).scalar_one())
    connection.execute(delete(meta).where(meta.c.name == "model"))
    connection.execute(meta.insert().values(name="model", value=str(key)))
    return key


def current_model(connection: Connection) -> int:
    """The key of the model in use; 0 before one was chosen."""
    found = connection.execute(select(meta.c.value).where(meta.c.name == "model")).scalar_one_or_none()
    return int(found or 0)


def models(connection: Connection) -> list[KnownModel]:
    """Every model that was ever in use, oldest first."""
    rows = connection.execute(select(model).order_by(model.c.key))
    return [KnownModel(row.key, row.name, row.folder) for row in rows]


def model_in_use(connection: Connection) -> KnownModel | None:
    """The model in use; None before one was chosen."""
    key = current_model(connection)
    return next((each for each in models(connection) if each.key == key), None)


def move_folder(writing: Writing, name: str, folder: str) -> None:
    """A known model is found in another folder now (an upgrade, another machine)."""
    writing.connection.execute(update(model).where(model.c.name == name).values(folder=folder))
