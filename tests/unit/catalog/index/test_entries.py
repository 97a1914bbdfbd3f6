from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog.index.entries import Entry
from catalog.keys import position_of, term_partition

if TYPE_CHECKING:
    from catalog.catalog import Catalog
    from tests.unit.catalog.support import Clock

IDS = [f"{number:064x}" for number in range(9)]


def test_skips_expired_entries_however_many(catalog: Catalog, table: Any, clock: Clock) -> None:
    positions = [position_of(clock.now, image_id) for image_id in IDS]
    for number, position in enumerate(positions):
        expires_at = int(clock.now.timestamp()) + (100 if number in (0, 8) else -100)
        key = {"pk": term_partition("alice", "label:cat"), "sk": position}
        table.put_item(Item={**key, "takenAt": "2026-10-03T12:22:05.000Z", "expiresAt": expires_at})
    newest, oldest = (
        Entry(image_id, position_of(clock.now, image_id), f"2026-10-03T12:22:05.000Z#{image_id}")
        for image_id in (IDS[8], IDS[0])
    )
    assert catalog.entries("alice", "label:cat", limit=2) == ([newest], True)
    found, _ = catalog.entries("alice", "label:cat", before=newest.position, limit=2)
    assert found == [oldest]
    assert catalog.entries("alice", "label:cat", before=oldest.position, limit=2) == ([], False)
