"""Many owners at once: whether a picture takes more than with one, and which items they all write."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bench.catalog.life import NOW, Size, new_record, recognize, upload
from bench.catalog.requests import Total, metered, table
from catalog.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bench.catalog.requests import Request

_SIZE = Size(labels=3)


def measure(owners: int) -> tuple[Total, set[str]]:
    """Return what the second picture of each owner takes together, and the items that several write.

    The pictures alternate: each step is done for one of each owner, then the next step.
    """
    with table() as moto, metered() as requests:
        catalog = Catalog(moto, clock=lambda: NOW, random=lambda: 1.0)  # which never merges
        _process(catalog, owners, 1)  # the first one starts the quota
        requests.clear()
        _process(catalog, owners, 2)
        return Total.of(requests), _shared(requests)


def _process(catalog: Catalog, owners: int, number: int) -> None:
    records = [new_record(f"owner{owner:04}", number) for owner in range(owners)]
    for record in records:
        upload(catalog, record)
    for record in records:
        recognize(catalog, record, NOW, _SIZE)


def _shared(requests: Iterable[Request]) -> set[str]:
    """Return the keys that are written more than once for each owner: their partition names no owner."""
    writes: defaultdict[str, int] = defaultdict(int)
    for request in requests:
        for key in request.written:
            writes[key] += 1
    return {key for key, count in writes.items() if count > 1 and not key.startswith("OWNER#")}
