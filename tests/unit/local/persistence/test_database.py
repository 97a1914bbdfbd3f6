"""The file: what it refuses, and what a failure to write does."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.persistence.database import FILE_NAME, Database, DatabaseClosed, DataError

ANOTHER = "Set DATA to another folder."


def fail(error: DataError) -> None:
    raise AssertionError(error)


def refusal(folder: Path) -> str:
    with pytest.raises(DataError) as caught:
        Database(folder, fail)
    return str(caught.value)


def stored(database: Database) -> list[tuple[str, str]]:
    return database.read("SELECT name, value FROM settings ORDER BY name")


def insert(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("INSERT INTO settings VALUES (?, 'x')", (name,))


def test_creates_a_private_folder_and_keeps_what_was_committed(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    with Database(folder, fail) as database:
        assert database.setting("name", lambda: "value") == "value"
    assert (folder.stat().st_mode & 0o777, (folder / FILE_NAME).stat().st_mode & 0o777) == (0o700, 0o600)
    assert os.listdir(folder) == [FILE_NAME]
    with Database(folder, fail) as database:
        assert database.setting("name", lambda: "other") == "value"


def test_a_block_within_another_belongs_to_its_transaction(tmp_path: Path) -> None:
    with Database(tmp_path, fail) as database:
        with pytest.raises(ZeroDivisionError), database.transaction() as outer:
            insert(outer, "outer")
            with database.transaction() as inner:
                insert(inner, "inner")
            raise ZeroDivisionError
        assert stored(database) == []
        with database.transaction() as outer, database.transaction() as inner:
            insert(inner, "inner")
        assert stored(database) == [("inner", "x")]


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("text")
    assert refusal(file) == f"DATA must be a folder, but {file} is a file."
    assert refusal(file / "data") == f"The folder {file}/data can't be created: Not a directory. {ANOTHER}"


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    assert refusal(tmp_path) == f"{tmp_path}/{FILE_NAME} can't be written. {ANOTHER}"
    assert refusal(Path("/proc")) == f"/proc/{FILE_NAME} can't be written. {ANOTHER}"


def test_closes_a_connection_that_fails_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connections: list[sqlite3.Connection] = []

    class Failing(sqlite3.Connection):
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            connections.append(self)
            raise sqlite3.OperationalError("it fails")

    monkeypatch.setattr("sqlite3.connect", partial(sqlite3.connect, factory=Failing))
    explanation = f"{tmp_path}/{FILE_NAME} can't be used: it fails. What was answered before is kept."
    assert refusal(tmp_path) == explanation
    (connection,) = connections
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.cursor()


def test_another_stack_uses_the_folder(tmp_path: Path) -> None:
    file = tmp_path / FILE_NAME
    message = f"{file} is in use by another local stack. Stop that one, or set DATA to another folder."
    code = f"from local.persistence.database import *; Database(Path({str(tmp_path)!r}), print)"
    with Database(tmp_path, fail) as database:
        assert refusal(tmp_path) == message
        other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert other.stderr.splitlines()[-1] == f"local.persistence.database.DataError: {message}"
        assert database.setting("name", lambda: "value") == "value"
    Database(tmp_path, fail).close()


@pytest.mark.parametrize("is_database", [True, False])
def test_leaves_the_file_of_another_program_alone(tmp_path: Path, is_database: bool) -> None:
    file = tmp_path / FILE_NAME
    if is_database:
        with closing(sqlite3.connect(file)) as connection, connection:
            connection.execute("CREATE TABLE songs (name TEXT)")
    else:
        file.write_text("notes " * 100)
    before = file.read_bytes()
    assert refusal(tmp_path) == f"{file} belongs to another program, so it was left as it is. {ANOTHER}"
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == [FILE_NAME]


@pytest.mark.parametrize("version", [0, 2])
def test_refuses_another_format(tmp_path: Path, version: int) -> None:
    Database(tmp_path, fail).close()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as connection, connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = (tmp_path / FILE_NAME).read_bytes()
    assert refusal(tmp_path) == (
        f"{tmp_path}/{FILE_NAME} has format {version}, from another version of the local stack. "
        "This one reads format 1. Use that version, or set DATA to another folder."
    )
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_refuses_a_damaged_file(tmp_path: Path) -> None:
    with Database(tmp_path, fail) as database:
        for number in range(500):
            database.setting(f"{number}", lambda: "x" * 100)
    file = tmp_path / FILE_NAME
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    assert refusal(tmp_path) == (
        f"{file} is damaged. Restore a copy of it, or delete the folder to start over."
    )


def test_a_full_disk_ends_the_stack_and_keeps_what_was_committed(tmp_path: Path) -> None:
    failures: list[str] = []
    with Database(tmp_path, lambda error: failures.append(str(error))) as database:
        database.setting("kept", lambda: "x")
        (pages,) = database.read("PRAGMA page_count")[0]
        database.read(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(DatabaseClosed):
            database.setting("lost", lambda: "x" * 1_000_000)
        with pytest.raises(DatabaseClosed):
            database.setting("small", lambda: "x")
        with pytest.raises(DatabaseClosed):
            stored(database)
        with Database(tmp_path, fail) as another:  # the failure has closed the file
            assert stored(another) == [("kept", "x")]
    assert failures == [
        f"{tmp_path}/{FILE_NAME} can't be written: the disk is full. What was answered before is kept."
    ]


def test_a_file_that_was_never_closed_is_known_as_the_local_stacks(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    with Database(tmp_path / "data", fail):
        (copy / FILE_NAME).write_bytes((tmp_path / "data" / FILE_NAME).read_bytes())  # without the journal
    with Database(copy, fail) as database:
        assert stored(database) == []
