"""The chunks of a snapshot, and those that older versions wrote."""

from __future__ import annotations

import zlib

from catalog.index.snapshot import Head, chunk_items, read_chunks
from catalog.index.vocabulary import Terms

TERMS = Terms(
    tuple(f"name:img_{number:04}.jpg" for number in range(200)),
    tuple(f"IMG_{number:04}.jpg" if number % 2 else "" for number in range(200)),
    tuple(range(1, 201)),
)


def head(chunks: int) -> Head:
    return Head(version=3, chunks=chunks)


def test_what_was_written_is_read() -> None:
    items = chunk_items("alice", TERMS, 3, 1000)
    assert read_chunks(items, head(1)) == TERMS
    assert chunk_items("alice", Terms(), 3, 1000) == []


def test_chunks_of_older_versions_are_read() -> None:
    columns = (TERMS.keys, TERMS.spellings, map(str, TERMS.counts))
    data = zlib.compress("\n".join("\n".join(column) for column in columns).encode())
    (item,) = chunk_items("alice", TERMS, 3, 1000)
    assert read_chunks([{**item, "data": data}], head(1)) == TERMS


def test_similar_names_take_few_bytes() -> None:
    (item,) = chunk_items("alice", TERMS, 3, 1000)
    assert len(item["data"]) < 1000
