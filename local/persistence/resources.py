"""The projects, datasets and trained versions of Rekognition Custom Labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from local.persistence.database import Database
from local.persistence.documents import dump, load
from local.rekognition.custom_labels.resources import ResourceStore


class StoredResources(ResourceStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Sequence[tuple[str, str, dict[str, Any]]]:
        rows = self._database.read("SELECT kind, arn, document FROM resources ORDER BY number")
        return [(kind, arn, load(document)) for kind, arn, document in rows]

    def put(self, kind: str, arn: str, document: Mapping[str, Any]) -> None:
        query = """
            INSERT INTO resources (arn, kind, document) VALUES (?, ?, ?)
            ON CONFLICT (arn) DO UPDATE SET document = excluded.document
        """
        with self._database.transaction() as connection:
            connection.execute(query, (arn, kind, dump(document)))

    def remove(self, arn: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM resources WHERE arn = ?", (arn,))
