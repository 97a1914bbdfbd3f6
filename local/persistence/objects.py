"""The objects of S3 buckets, whose bodies stay in the file: moto reads them from there."""

from __future__ import annotations

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from local.aws import moto_state
from local.aws.object_store import ObjectStore
from local.persistence.database import Database, DataError
from local.persistence.documents import dump, load


class StoredObjects(ObjectStore):
    def __init__(self, database: Database) -> None:
        self._database = database

    @contextlib.contextmanager
    def saving(self, bucket: str, keys: Iterable[str]) -> Iterator[None]:
        """Store what moto has under these keys now. What the `with` block stores belongs to it."""
        inserted: list[Callable[[], None]] = []
        with self._database.transaction() as connection:
            for key in keys:
                self._save(connection, bucket, key, inserted)
            yield
        for release in inserted:
            release()

    def _save(
        self, connection: sqlite3.Connection, bucket: str, key: str, inserted: list[Callable[[], None]]
    ) -> None:
        found = moto_state.find_object(bucket, key)
        if found is None:
            connection.execute("DELETE FROM objects WHERE bucket = ? AND key = ?", (bucket, key))
        elif found.has_lazy_body:  # only its tags or the like have changed
            query = "UPDATE objects SET attributes = ? WHERE bucket = ? AND key = ?"
            connection.execute(query, (dump(found.attributes()), bucket, key))
        else:
            query = "REPLACE INTO objects (bucket, key, attributes, body) VALUES (?, ?, ?, ?)"
            cursor = connection.execute(query, (bucket, key, dump(found.attributes()), found.body))
            inserted.append(partial(found.replace_body, self._reader(cursor.lastrowid)))

    def restore(self, days: Mapping[str, Mapping[str, int]]) -> Counter[str]:
        """Put the objects into moto's buckets, without those that have expired.

        `days` has the age at which objects expire, by bucket and prefix. Return the number of objects of
        each bucket that moto doesn't have. Raises DataError if a bucket has versions.
        """
        if versioned := moto_state.versioned_buckets():
            raise DataError(f"DATA can't keep the versions of objects, which {versioned.pop()} has.")
        buckets, left, now = moto_state.bucket_names(), Counter[str](), datetime.now(UTC)
        with self._database.transaction() as connection:
            expired = []
            for number, bucket, key, text in connection.execute(
                "SELECT id, bucket, key, attributes FROM objects"
            ):
                attributes = load(text)
                if bucket not in buckets:
                    left[bucket] += 1
                elif _has_expired(key, attributes["last_modified"], days.get(bucket, {}), now):
                    expired.append((number,))
                else:
                    moto_state.restore_object(bucket, key, attributes, self._reader(number))
            connection.executemany("DELETE FROM objects WHERE id = ?", expired)
        return left

    def _reader(self, number: int | None) -> Callable[[], bytes]:
        def read() -> bytes:
            rows = self._database.read("SELECT body FROM objects WHERE id = ?", number)
            if not rows:
                raise ValueError("the object was replaced or deleted meanwhile")  # as moto's closed file does
            body: bytes = rows[0][0]
            return body

        return read


def _has_expired(key: str, last_modified: str, days: Mapping[str, int], now: datetime) -> bool:
    """Return whether a lifecycle rule would have deleted an object by now.

    S3 rounds the time up to the next midnight UTC.
    """
    created = datetime.fromisoformat(last_modified).replace(tzinfo=UTC)
    midnight = created.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return any(
        key.startswith(prefix) and midnight + timedelta(days=age) < now for prefix, age in days.items()
    )
