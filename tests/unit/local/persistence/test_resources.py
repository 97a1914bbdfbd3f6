"""Projects, datasets and trained versions in the folder of DATA."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import NoReturn

from local.persistence.database import FILE_NAME, Database, DataError
from local.persistence.resources import StoredResources


def fail(error: DataError) -> NoReturn:
    raise AssertionError(error)


def test_resources_survive_a_restart_in_their_order(tmp_path: Path) -> None:
    with Database(tmp_path, fail) as database:
        stored = StoredResources(database)
        stored.put("project", "arn:b", {"status": "CREATING"})
        stored.put("dataset", "arn:a", {"lines": ["é"]})
        stored.put("version", "arn:c", {})
        stored.put("project", "arn:b", {"status": "CREATED"})
        stored.remove("arn:c")
    with Database(tmp_path, fail) as database:
        assert list(StoredResources(database).load()) == [
            ("project", "arn:b", {"status": "CREATED"}),
            ("dataset", "arn:a", {"lines": ["é"]}),
        ]


def test_a_folder_of_an_earlier_version_can_be_used(tmp_path: Path) -> None:
    with Database(tmp_path, fail):
        pass
    connection = sqlite3.connect(tmp_path / FILE_NAME)
    connection.execute("DROP TABLE resources")
    connection.close()
    with Database(tmp_path, fail) as database:
        assert list(StoredResources(database).load()) == []
