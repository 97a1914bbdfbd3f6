"""Places: where an image stands in the table beside its record, in lists and in counts."""

from __future__ import annotations

import base64
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.time import parse_rfc3339, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DAY_SECONDS = 24 * 60 * 60
_LONGEST_NAME = 200  # characters; a sort key holds 1,024 bytes
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIME_BYTES = 6  # of milliseconds; the 32 of an id follow
# all that 38 bytes can be, up to the year 9913, and as docs/openapi.yaml has it
_CURSOR = re.compile("[A-Za-z0-4][A-Za-z0-9_-]{49}[AEIMQUYcgkosw048]")


@dataclass(frozen=True)
class Place:
    """An image's position in the lists of its owner, and until when it is there (epoch seconds)."""

    owner: str
    image_id: str
    uploaded_at: str
    expires_at: int

    @classmethod
    def of_item(cls, item: Mapping[str, Any]) -> Place:
        """Read it from the item of a record."""
        return cls(item["owner"], item["id"], item["uploadedAt"], int(item["expiresAt"]))

    @property
    def list_key(self) -> dict[str, str]:
        """The key of its entry in the list of all images."""
        return {"pk": list_of(self.owner), "sk": f"{self.uploaded_at}#{self.image_id}"}

    def label_key(self, folded: str) -> dict[str, str]:
        """Return the key of its entry in the list of a label."""
        return {"pk": list_of(self.owner, folded), "sk": f"{self.uploaded_at}#{self.image_id}"}

    def entry(self, key: Mapping[str, str]) -> dict[str, Any]:
        """Return its entry in a list, which goes when the record goes."""
        return {**key, "id": self.image_id, "expiresAt": self.expires_at}


def list_of(owner: str, folded: str | None = None) -> str:
    """Return the partition of an owner's list of images, or of those with a label."""
    return f"OWNER#{owner}#IMAGES" if folded is None else f"OWNER#{owner}#LABEL#{folded}"


def counts_of(owner: str) -> str:
    """Return the partition of an owner's counts of labels."""
    return f"OWNER#{owner}#LABELS"


def count_key(owner: str, folded: str) -> dict[str, str]:
    """Return the key of the count of a label."""
    return {"pk": counts_of(owner), "sk": f"LABEL#{folded}"}


def month_key(owner: str, moment: datetime) -> dict[str, str]:
    """Return the key of an owner's totals of a month, in UTC."""
    return {"pk": f"OWNER#{owner}", "sk": f"MONTH#{moment:%Y-%m}"}


def fold(name: str) -> str:
    """Make names that people take for the same the same."""
    return unicodedata.normalize("NFC", name.strip()).casefold()[:_LONGEST_NAME]


def folded_names(names: Iterable[str]) -> dict[str, str]:
    """Return each name by its folded form, without doubles and nameless ones."""
    folded: dict[str, str] = {}
    for name in names:
        if fold(name):
            folded.setdefault(fold(name), name.strip())
    return folded


def day_end(moment: int) -> int:
    """Return the end of a day (UTC) in epoch seconds, at or after a moment.

    S3 expires objects at midnight as well; and only so can a count forget all of a day at once.
    """
    return -(-moment // DAY_SECONDS) * DAY_SECONDS


def cursor_of(position: str) -> str:
    """Write down a position in a list for a client, who is to read nothing into it."""
    uploaded_at, _, image_id = position.partition("#")
    milliseconds = (parse_rfc3339(uploaded_at) - _EPOCH) // timedelta(milliseconds=1)
    packed = milliseconds.to_bytes(_TIME_BYTES, "big") + bytes.fromhex(image_id)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def position_of(cursor: str) -> str | None:
    """Read a cursor back; None for what is none. It holds a time and an id, and nobody's name."""
    if _CURSOR.fullmatch(cursor) is None:
        return None
    packed = base64.urlsafe_b64decode(f"{cursor}=")
    milliseconds = int.from_bytes(packed[:_TIME_BYTES], "big")
    return f"{rfc3339(_EPOCH + timedelta(milliseconds=milliseconds))}#{packed[_TIME_BYTES:].hex()}"
