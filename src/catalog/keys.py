"""Keys of the table's items, positions in lists, and cursors."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_SECONDS = 24 * 60 * 60
PENDING_INDEX = "PendingImages"  # of the template's table: keys only, and only of pending records
PENDING_SHARDS = tuple(f"pending#{digit:x}" for digit in range(16))  # its partitions, by the id's first digit
MODELS_PARTITION = "MODELS"  # of all owners' models, because the trainer looks at them every minute
WAITING_PARTITION = "WAITING"  # of all owners with images that wait for a model
LABEL_CATEGORIES_KEY = {"pk": "STACK", "sk": "LABEL_CATEGORIES"}
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)  # scanned pictures were taken long before 1970
_TIME_BYTES = 7  # milliseconds since the epoch, followed by the 32 bytes of the image id
# Every encoding of 39 bytes up to the year 9991; the same pattern as in docs/openapi.yaml.
_CURSOR = re.compile("A([A-Q][A-Za-z0-9_-]|R[A-Za-z0-6])[A-Za-z0-9_-]{49}")


def record_key(owner: str, image_id: str) -> dict[str, str]:
    """Return the key of an image's record."""
    return {"pk": f"OWNER#{owner}", "sk": f"IMAGE#{image_id}"}


def deleted_source_key(owner: str, image_id: str) -> dict[str, str]:
    """Return the key of the note that the image of a source object was deleted."""
    return {"pk": f"OWNER#{owner}", "sk": f"DELETED#{image_id}"}


def erased_owner_key(owner: str) -> dict[str, str]:
    """Return the key of the note that everything about an owner was erased. It outlives the owner's items."""
    return {"pk": f"ERASED#{owner}", "sk": "NOTE"}


def is_record_key(key: Mapping[str, str]) -> bool:
    """Return whether a key is that of an image's record."""
    return key["sk"].startswith("IMAGE#")


def from_record_key(key: Mapping[str, str]) -> tuple[str, str]:
    """Return the owner and the image id of a record's key."""
    return key["pk"].removeprefix("OWNER#"), key["sk"].removeprefix("IMAGE#")


def pending_shard(image_id: str) -> str:
    """Return the partition of the index of pending records that lists an image."""
    return f"pending#{image_id[0]}"


def direct_lease_key(key: str) -> dict[str, str]:
    """Return the key of the lease of a direct upload, which has no record."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    return {"pk": f"direct#{digest}", "sk": "lease"}


def list_partition(owner: str) -> str:
    """Return the partition of an owner's list of all images, by the time of their upload."""
    return f"OWNER#{owner}#IMAGES"


def taken_partition(owner: str) -> str:
    """Return the partition of an owner's list of indexed images, by the time they were taken or uploaded."""
    return f"OWNER#{owner}#TAKEN"


def term_partition(owner: str, term_key: str) -> str:
    """Return the partition of an owner's images that have a term, by the time of their upload."""
    return f"OWNER#{owner}#TERM#{term_key}"


def log_partition(owner: str) -> str:
    """Return the partition of the changes of an owner's index that no snapshot includes yet."""
    return f"OWNER#{owner}#LOG"


def snapshot_partition(owner: str) -> str:
    """Return the partition of the snapshot of an owner's counts."""
    return f"OWNER#{owner}#COUNTS"


def expiring_partition(owner: str) -> str:
    """Return the partition of what an owner's snapshot will forget, by day."""
    return f"OWNER#{owner}#EXPIRING"


def head_key(owner: str) -> dict[str, str]:
    """Return the key of the item that describes an owner's snapshot."""
    return {"pk": snapshot_partition(owner), "sk": "HEAD"}


def quota_key(owner: str) -> dict[str, str]:
    """Return the key of the item that counts an owner's requests and uploads."""
    return {"pk": f"OWNER#{owner}", "sk": "QUOTA"}


def active_model_key(owner: str | None) -> dict[str, str]:
    """Return the key of an owner's active model, or of the stack's."""
    return {"pk": "STACK" if owner is None else f"OWNER#{owner}", "sk": "ACTIVE_MODEL"}


def model_key(owner: str, model_id: str) -> dict[str, str]:
    """Return the key of a model's record."""
    return {"pk": MODELS_PARTITION, "sk": f"{owner}#{model_id}"}


def from_model_key(key: Mapping[str, str]) -> tuple[str, str]:
    """Return the owner and the id of a model's key."""
    owner, _, model_id = key["sk"].rpartition("#")
    return owner, model_id


def model_range(owner: str) -> tuple[str, str]:
    """Return the first and the last sort key that an owner's models can have."""
    return f"{owner}#", f"{owner}#~"


def model_details_key(owner: str, model_id: str) -> dict[str, str]:
    """Return the key of the item with a model's wrong results."""
    return {"pk": f"OWNER#{owner}", "sk": f"MODEL#{model_id}"}


def waiting_owner_key(owner: str) -> dict[str, str]:
    """Return the key of the note that an owner has images that wait for a model."""
    return {"pk": WAITING_PARTITION, "sk": f"OWNER#{owner}"}


def from_waiting_owner_key(key: Mapping[str, str]) -> str:
    """Return the owner of such a note's key."""
    return key["sk"].removeprefix("OWNER#")


def stack_month_key(time: datetime) -> dict[str, str]:
    """Return the key of the stack's totals for a month (UTC)."""
    return {"pk": "STACK", "sk": f"MONTH#{time:%Y-%m}"}


def day_end(time: int) -> int:
    """Return the end of the day (UTC) at or after a time, both in epoch seconds.

    All images of a day expire together, so the counts can forget the whole day at once. S3 expires objects
    at midnight as well.
    """
    return -(-time // DAY_SECONDS) * DAY_SECONDS


def position_of(time: datetime | str, image_id: str) -> str:
    """Return the position of an image in a list that is sorted by a time, given in RFC 3339 or not."""
    return f"{time if isinstance(time, str) else format_rfc3339(time)}#{image_id}"


def parse_position(position: str) -> tuple[datetime, str]:
    """Return the time and the image id of a position."""
    time, _, image_id = position.partition("#")
    return parse_rfc3339(time), image_id


def encode_cursor(position: str) -> str:
    """Encode a list position as an opaque cursor. It contains a time and an image id, but no owner."""
    time, image_id = parse_position(position)
    milliseconds = (time - _EPOCH) // timedelta(milliseconds=1)
    packed = milliseconds.to_bytes(_TIME_BYTES, "big") + bytes.fromhex(image_id)
    return base64.urlsafe_b64encode(packed).decode()


def decode_cursor(cursor: str) -> str | None:
    """Decode a cursor to a list position. Return None if it is invalid."""
    if _CURSOR.fullmatch(cursor) is None:
        return None
    packed = base64.urlsafe_b64decode(cursor)
    milliseconds = int.from_bytes(packed[:_TIME_BYTES], "big")
    return position_of(_EPOCH + timedelta(milliseconds=milliseconds), packed[_TIME_BYTES:].hex())
