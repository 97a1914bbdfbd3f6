"""The SQLite file in the folder of DATA.

A transaction that returned survives the end of the process, however it ends: its pages are in the operating
system's cache. `synchronous=NORMAL` in WAL mode flushes them to the disk at checkpoints only, so a power
failure may undo the last transactions, but never one without those after it, and never a part of one.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

FILE_NAME = "stack.sqlite3"
_APPLICATION_ID = 0x696D6772  # "imgr"; marks the file as the local stack's (SQLite file format, 1.3.17)
_FORMAT = 1
_PAGE_BYTES = 16_384  # SQLite's advice for blobs of more than 100 kB; sqlite.org/intern-v-extern-blob.html
_MAX_IDLE_WAL_BYTES = 64 << 20
_ANOTHER = "Set DATA to another folder."
_FOREIGN = f"belongs to another program, so it was left as it is. {_ANOTHER}"
_SCHEMA = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE items (
    table_name TEXT, key TEXT, item TEXT NOT NULL, PRIMARY KEY (table_name, key)
) WITHOUT ROWID;
CREATE TABLE objects (
    id INTEGER PRIMARY KEY AUTOINCREMENT, bucket TEXT NOT NULL, key TEXT NOT NULL, attributes TEXT NOT NULL,
    body BLOB NOT NULL, UNIQUE (bucket, key)
);
CREATE TABLE messages (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, queue TEXT NOT NULL, message TEXT NOT NULL,
    receive_count INTEGER NOT NULL, first_received_at INTEGER
);
CREATE TABLE events (
    number INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, function_id TEXT NOT NULL,
    event TEXT NOT NULL, due_at REAL NOT NULL, failures INTEGER NOT NULL
);
CREATE TABLE sign_in (
    kind TEXT, key TEXT, value TEXT NOT NULL, expires_at REAL NOT NULL, PRIMARY KEY (kind, key)
) WITHOUT ROWID;
"""
# A file of an earlier version has no such table yet. That version ignores it, so the format is the same.
_RESOURCES = """
CREATE TABLE IF NOT EXISTS resources (
    number INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, document TEXT NOT NULL
)
"""


class DataError(Exception):
    """The folder of DATA can't be used; the message says why, in words for the user."""


class DatabaseClosed(Exception):
    """The stack has stopped, or its data couldn't be written."""


class Database:
    """The only connection to the file: it locks it, and all threads share it.

    What was changed in memory can't be undone if writing fails. So nothing more is written then, and
    `on_failure(error)` has to end the process before the next request is answered.
    """

    def __init__(self, folder: Path, on_failure: Callable[[DataError], None]) -> None:
        """Create the folder and the file unless they exist. Raises DataError."""
        self.file = folder / FILE_NAME
        self._on_failure = on_failure
        self._lock = threading.RLock()
        self._is_open = False
        _create_folder(folder)
        try:
            self._connection = self._connect()
            try:
                self._prepare()
            except BaseException:  # raised again: an open connection would keep the file locked
                self.close()
                raise
        except sqlite3.Error as error:
            raise DataError(_explain(self.file, error)) from error
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit what the `with` block writes, or nothing if it raises. A block within another belongs to it.

        Raises DatabaseClosed.
        """
        with self._lock:
            if not self._is_open:
                raise DatabaseClosed
            if self._connection.in_transaction:
                yield self._connection
                return
            with self._ending_on_failure(), self._rolling_back():
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection
                self._connection.execute("COMMIT")

    def read(self, query: str, *parameters: Any) -> list[Any]:
        """Return the rows of a query. Raises DatabaseClosed."""
        with self._lock:
            if not self._is_open:
                raise DatabaseClosed
            with self._ending_on_failure():
                return self._connection.execute(query, parameters).fetchall()

    def setting(self, name: str, create: Callable[[], str]) -> str:
        """Return a stored value; the first time, create it."""
        with self.transaction() as connection:
            if row := connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone():
                return str(row[0])
            value = create()
            connection.execute("INSERT INTO settings VALUES (?, ?)", (name, value))
            return value

    def close(self) -> None:
        with self._lock:
            self._is_open = False
            with contextlib.suppress(sqlite3.Error):  # a file that can't be written; everything is committed
                self._connection.close()

    def _connect(self) -> sqlite3.Connection:
        # Private, because it has keys of the sign-in. A file that exists isn't opened here: closing it would
        # release the lock of another connection in this process (sqlite.org/howtocorrupt.html, 2.2).
        with contextlib.suppress(OSError):  # SQLite's own error follows
            os.close(os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        return sqlite3.connect(self.file, timeout=0, isolation_level=None, check_same_thread=False)

    def _prepare(self) -> None:
        execute = self._connection.execute
        # Keeps other processes out until the connection closes, even by a kill; needs no shared memory.
        execute("PRAGMA locking_mode = EXCLUSIVE")
        (application_id,) = execute("PRAGMA application_id").fetchone()
        (tables,) = execute("SELECT count(*) FROM sqlite_master").fetchone()
        if application_id == 0 and tables == 0:
            execute(f"PRAGMA page_size = {_PAGE_BYTES}")
            # With a rollback journal, so that the file itself has its marks even if it's never closed
            self._connection.executescript(
                f"BEGIN EXCLUSIVE; PRAGMA application_id = {_APPLICATION_ID};"
                f"PRAGMA user_version = {_FORMAT}; {_SCHEMA} COMMIT;"
            )
        elif application_id != _APPLICATION_ID:
            raise DataError(f"{self.file} {_FOREIGN}")
        (version,) = execute("PRAGMA user_version").fetchone()
        if version != _FORMAT:
            raise DataError(
                f"{self.file} has format {version}, from another version of the local stack. This one reads "
                f"format {_FORMAT}. Use that version, or set DATA to another folder."
            )
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        execute(f"PRAGMA journal_size_limit = {_MAX_IDLE_WAL_BYTES}")
        self._connection.executescript(f"BEGIN IMMEDIATE; {_RESOURCES}; COMMIT;")  # takes the lock

    @contextlib.contextmanager
    def _ending_on_failure(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            self.close()
            self._on_failure(DataError(_explain(self.file, error)))
            raise DatabaseClosed from error

    @contextlib.contextmanager
    def _rolling_back(self) -> Iterator[None]:
        try:
            yield
        except BaseException:  # raised again: whatever it was, the block wasn't completed
            with contextlib.suppress(sqlite3.Error):  # some errors have rolled it back already
                self._connection.execute("ROLLBACK")
            raise


def _create_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except FileExistsError:
        raise DataError(f"DATA must be a folder, but {folder} is a file.") from None
    except OSError as error:
        raise DataError(f"The folder {folder} can't be created: {error.strerror}. {_ANOTHER}") from error


def _explain(file: Path, error: sqlite3.Error) -> str:
    match error.sqlite_errorname.split("_")[1] if hasattr(error, "sqlite_errorname") else "":
        case "BUSY" | "LOCKED":
            return f"{file} is in use by another local stack. Stop that one, or set DATA to another folder."
        case "NOTADB":
            return f"{file} {_FOREIGN}"
        case "FULL":
            return f"{file} can't be written: the disk is full. What was answered before is kept."
        case "READONLY" | "CANTOPEN" | "PERM":
            return f"{file} can't be written. {_ANOTHER}"
        case "CORRUPT":
            return f"{file} is damaged. Restore a copy of it, or delete the folder to start over."
    return f"{file} can't be used: {error}. What was answered before is kept."
