"""Who may do what alone: leases that are renewed, lapse, and pass on when their holder dies."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, and_, delete, select, update

from sangtin.errors import BusyError, SangtinError
from sangtin.post import now
from sangtin.record.changes import upsert
from sangtin.record.engine import Record, Writing
from sangtin.record.schema import lease

RENEW_S = 5.0
LAPSE = timedelta(seconds=20)


class Lease:
    """A held lease, renewed in the background until it is given back. `lost` says that it lapsed."""

    def __init__(self, record: Record, name: str, holder: str) -> None:
        self.name = name
        self.holder = holder
        self._record = record
        self._stop = threading.Event()
        self._lost = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease {name}", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> bool:
        """Whether the lease lapsed and may be another's now."""
        return self._lost.is_set()

    def check(self, writing: Writing) -> None:
        """Make sure that the lease is held until a transaction ends. Raises BusyError where it is not."""
        mine = select(lease.c.name).where(lease.c.name == self.name, lease.c.holder == self.holder)
        mine = mine.with_for_update(read=True, key_share=True)
        if writing.connection.execute(mine).first() is None:
            self._lost.set()
            raise BusyError(f"The lease {self.name!r} lapsed and passed on. Nothing was lost; run again.")

    def give_back(self) -> None:
        """Stop renewing and let the next holder in."""
        self._stop.set()
        self._thread.join()
        with self._record.beside() as writing:
            writing.connection.execute(delete(lease).where(lease.c.holder == self.holder))

    def _renew(self) -> None:
        while not self._stop.wait(RENEW_S):
            with contextlib.suppress(SangtinError), self._record.beside() as writing:
                mine = update(lease).where(lease.c.name == self.name, lease.c.holder == self.holder)
                if not writing.connection.execute(mine.values(expires_at=now() + LAPSE)).rowcount:
                    self._lost.set()
                    return


def take(record: Record, name: str) -> Lease | None:
    """Take a lease; None where a living holder has it."""
    with record.beside() as writing:
        drop_dead(writing)
        holder = secrets.token_hex(8)
        row = {
            "name": name,
            "holder": holder,
            "host": _host(),
            "pid": os.getpid(),
            "began": _began(os.getpid()),
            "expires_at": now() + LAPSE,
        }
        insert = upsert(writing.connection, lease).values(**row).on_conflict_do_nothing()
        if writing.connection.execute(insert.returning(lease.c.name)).first() is None:
            return None
    return Lease(record, name, holder)


@contextlib.contextmanager
def taken(record: Record, name: str) -> Iterator[Lease | None]:
    """A lease for the length of a block; None where a living holder has it."""
    held = take(record, name)
    try:
        yield held
    finally:
        if held is not None:
            with contextlib.suppress(SangtinError):
                held.give_back()


def drop_dead(writing: Writing) -> None:
    """Remove leases that lapsed, and those of this machine whose process is gone, with all they held."""
    connection = writing.connection
    for row in connection.execute(select(lease)).all():
        here = row.host == _host()
        if row.expires_at < now() or (here and _began(row.pid) != row.began):
            same = and_(lease.c.holder == row.holder, lease.c.expires_at == row.expires_at)
            connection.execute(delete(lease).where(same))  # unless it was just renewed


def _host() -> str:
    """This machine since it was last started: a process number means nothing beyond that."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    return f"{socket.gethostname()} {boot.read_text().strip() if boot.exists() else ''}"


def _began(pid: int) -> str:
    """When a process of this machine started, in clock ticks since boot; empty where there is none.

    Field 22 of /proc/PID/stat (proc(5)); it tells a process from a later one with the same number.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return "" if Path("/proc").exists() else str(pid)
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def held_for(connection: Connection) -> dict[str, int]:
    """How many living leases there are for each kind of work, such as place, read and follow."""
    names = connection.execute(select(lease.c.name).where(lease.c.expires_at >= now())).scalars()
    return dict(sorted(Counter(name.partition(":")[0] for name in names).items()))
