"""An author's name → a keyed hash, under a key that never leaves the home."""

from __future__ import annotations

import contextlib
import hmac
import os
import secrets
import stat
import unicodedata
from collections.abc import Callable
from pathlib import Path

from sangtin.errors import InputError, UsageError

# As long as the digest: RFC 2104, section 3 advises no shorter key.
KEY_BYTES = 32
# RFC 2104, section 5: not less than half the digest, nor less than 80 bits.
DIGEST_BYTES = 16
_MODE = 0o600


def author_key(file: Path) -> Callable[[str], str]:
    """The function from an author's name to 32 hex digits, the same in every spelling of Unicode.

    The key file is made (mode 0600) where there is none. UsageError where others may read it, InputError
    where it holds no key. Without the key, nobody can find a name by hashing a list of names.
    """
    key = _read(file) if file.exists() else _made(file)

    def keyed(name: str) -> str:
        plain = unicodedata.normalize("NFC", name).strip().encode("utf-8", "surrogatepass")
        return hmac.digest(key, plain, "sha256")[:DIGEST_BYTES].hex()

    return keyed


def _made(file: Path) -> bytes:
    """A new key on disk, whole or not at all; another process's where that one was faster."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    arriving = file.with_name(f".{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(arriving, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as writing:
            writing.write(secrets.token_hex(KEY_BYTES) + "\n")
            writing.flush()
            os.fsync(writing.fileno())
        with contextlib.suppress(FileExistsError):  # another process's key is as good, and is read below
            os.link(arriving, file)
    finally:
        arriving.unlink()
    _keep(file.parent)
    return _read(file)


def _keep(folder: Path) -> None:
    """A new name in a folder is on disk only when the folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(file: Path) -> bytes:
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise UsageError(f"Others on this machine may read the authors' key. Run: chmod 600 {file}")
    try:
        key = bytes.fromhex(file.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise InputError(
            f"{file} holds no authors' key. Put your copy of it back; or move it away, and a new one is "
            "made, under which authors get new pseudonyms."
        )
    return key
