"""Everything that a stack keeps in the folder of DATA."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.aws import queue_changes, table_changes
from local.aws.object_store import ObjectStore
from local.lambda_.waiting import WaitingEvents
from local.persistence.database import Database, DataError
from local.persistence.events import StoredEvents
from local.persistence.items import StoredItems
from local.persistence.messages import StoredMessages
from local.persistence.objects import StoredObjects
from local.persistence.resources import StoredResources
from local.persistence.sign_in import StoredRows
from local.rekognition.custom_labels.resources import ResourceStore
from local.sign_in.store import Rows
from local.sign_in.tokens import new_signing_key
from local.template.names import resources_by_name

if TYPE_CHECKING:
    from local.template.template import Template

_SEEDED = "seeded"


class Data:
    """What a stack needs to keep its data. This class keeps nothing: all is gone when the stack stops."""

    objects = ObjectStore()
    events = WaitingEvents()
    # From which the credentials of functions are derived, and so the signatures of presigned URLs
    secret: bytes | None = None
    signing_key: str | None = None  # of the sign-in provider
    is_seeded = False
    resources = ResourceStore()  # of Rekognition Custom Labels

    def rows(self, kind: str) -> Rows:
        """Return where the sign-in provider keeps one kind of its state."""
        return Rows()

    def set_seeded(self) -> None:
        """Note that the sample objects have been created."""

    def restore(self, template: Template) -> list[str]:
        """Put everything into moto's empty buckets, tables and queues.

        Return a sentence for each of them that the template no longer has; its content is kept in the file.
        Raises DataError.
        """
        return []

    def recording(self) -> AbstractContextManager[None]:
        """Store what requests change in tables and queues within a `with` block."""
        return contextlib.nullcontext()


class LocalData(Data):
    """Stores what changes before the change is answered, and restores it at the next start."""

    def __init__(self, folder: Path, on_failure: Callable[[DataError], None]) -> None:
        """Open the folder, or create it. `on_failure` has to end the process. Raises DataError."""
        self._database = Database(folder, on_failure)
        self.objects = self._objects = StoredObjects(self._database)
        self.events = StoredEvents(self._database)
        self._items = StoredItems(self._database)
        self._messages = StoredMessages(self._database)
        self.resources = StoredResources(self._database)
        try:
            self.secret = bytes.fromhex(self._database.setting("secret", secrets.token_hex))
            self.signing_key = self._database.setting("signing key", new_signing_key)
            self.is_seeded = bool(self._database.read("SELECT 1 FROM settings WHERE name = ?", _SEEDED))
        except BaseException:  # raised again: an open database would keep the file locked
            self.close()
            raise

    def close(self) -> None:
        self._database.close()

    def rows(self, kind: str) -> Rows:
        return StoredRows(self._database, kind)

    def set_seeded(self) -> None:
        self._database.setting(_SEEDED, lambda: "yes")

    def restore(self, template: Template) -> list[str]:
        left = {
            "table": self._items.restore(),
            "bucket": self._objects.restore(_expiration_days(template)),
            "queue": self._messages.restore(),
        }
        return [
            _describe_left(kind, name, count) for kind, names in left.items() for name, count in names.items()
        ]

    @contextlib.contextmanager
    def recording(self) -> Iterator[None]:
        with table_changes.listening(self._items.save), queue_changes.listening(self._messages):
            yield


def _expiration_days(template: Template) -> Mapping[str, Mapping[str, int]]:
    """Return the age at which objects expire, by bucket and prefix."""
    return {
        bucket: {
            rule.get("Prefix", ""): int(rule["ExpirationInDays"])
            for rule in _lifecycle_rules(properties)
            if rule["Status"] == "Enabled" and "ExpirationInDays" in rule
        }
        for bucket, properties in resources_by_name(template, "AWS::S3::Bucket").items()
    }


def _lifecycle_rules(properties: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rules: list[Mapping[str, Any]] = properties.get("LifecycleConfiguration", {}).get("Rules", [])
    return rules


def _describe_left(kind: str, name: str, count: int) -> str:
    what = "1 entry stays" if count == 1 else f"{count} entries stay"
    return f"{what} in the folder unused, because template.yaml no longer has the {kind} {name}."
