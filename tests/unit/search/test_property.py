"""Any query, in any order and page size, equals a filter over all records."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from catalog.keys import position_of
from catalog.records import Decision, ImageRecord, LabelSummary, OwnData, Reason, Review
from catalog.terms import KINDS, Term, fold
from search import candidates, plan, postings, run
from search.grammar import BARE_KINDS, parse
from search.matching import Clause, ExactTerm, Query
from tests.unit.search.fake_index import FakeIndex, taken_position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catalog.index.entries import Order

NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)
CASES = 150  # of each seed
# few, so that records have terms in common; some begin, end or contain others
VALUES = ["cat", "Cat", "cats", "concat", "sports car", "Car", "cart", "t-shirt", "été", "e\u0301te", "ΣΑΣ"]
FIELDS = ["", *BARE_KINDS, "color", "camera", "flag", "celebrity", "missing"]
FIXED = [
    "flag:*",
    "tag:*",
    "people:0",
    "people:2",
    "people:1..",
    "people:..2",
    "people:1..3",
    "is:favorite",
    "is:approved",
]
FIXED += ["is:hidden", "is:review", "status:pending", "status:done", "status:failed"]


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that a dozen records reach."""
    monkeypatch.setattr(run, "MAX_RECORDS", 5)
    monkeypatch.setattr(run, "MAX_ENTRIES", 12)
    monkeypatch.setattr(run, "MAX_SORTED", 6)
    monkeypatch.setattr(candidates, "MAX_IN_TIME", 4)
    monkeypatch.setattr(candidates, "_MIN_PART", 2)
    monkeypatch.setattr(postings, "_MIN_COST", 1)
    monkeypatch.setattr(plan, "_MAX_LOOKUPS", 1)


@pytest.mark.parametrize("seed", range(10))
def test_any_query_equals_a_filter(seed: int) -> None:
    random, found = Random(seed), 0
    for _ in range(CASES):
        records = [random_record(random, f"{number:064x}") for number in range(random.randint(0, 12))]
        text = " ".join(random_clause(random) for _ in range(random.randint(1, 3)))
        query = parse(text)
        if random.random() < 0.2:
            query = Query((*query.clauses, Clause(ExactTerm(Term("label", random.choice(VALUES))))))
        order: Order = random.choice(["added", "taken"])
        limit = random.randint(1, 4)
        expected = filtered(records, query, order)
        case = f"{text!r}, order {order}, limit {limit}, {len(records)} records"
        assert list(all_ids(random_index(random, records), query, order, limit)) == expected, case
        found += bool(expected)
    assert found > CASES / 5  # otherwise the cases would show little


def filtered(records: list[ImageRecord], query: Query, order: Order) -> list[str]:
    """Return the ids of the matching records, in order."""
    if order == "added":
        positions = {position_of(each.uploaded_at, each.id): each for each in records}
    else:
        positions = {taken_position(each): each for each in records if each.is_indexed}
    return [positions[each].id for each in sorted(positions, reverse=True) if query.matches(positions[each])]


def all_ids(index: FakeIndex, query: Query, order: Order, limit: int) -> Iterator[str]:
    """Yield the ids of all pages."""
    position, is_first = None, True
    while position or is_first:
        page = run.find(index, "alice", query, order=order, limit=limit, before=position, clock=lambda: NOW)
        assert len(page.records) <= limit
        assert page.position is None or position is None or page.position < position
        yield from (record.id for record in page.records)
        position, is_first = page.position, False


def random_index(random: Random, records: list[ImageRecord]) -> FakeIndex:
    """Return the index of records, with entries that interrupted tries left."""
    index = FakeIndex(records)
    for record in random.sample(records, random.randint(0, len(records) // 2)):
        index.leave(record, random_term(random).key)
        earlier = replace(record, uploaded_at=record.uploaded_at - timedelta(hours=1))
        gone = replace(record, id=f"{random.getrandbits(256):064x}")
        for key in (None, random.choice(record.all_terms).key):
            index.leave(random.choice([earlier, gone]), key)
    return index


def random_record(random: Random, image_id: str) -> ImageRecord:
    status: Any = random.choice(["done", "done", "done", "pending", "failed"])
    tags = {fold(each): each for each in random.choices(VALUES, k=random.randint(0, 2))}
    decision = Decision(random.choice(["approved", "hidden"]), "bob", NOW)
    # Pending and indexed: recognized before. Otherwise, it isn't pending for long.
    is_indexed = status != "pending" or random.random() < 0.5
    return ImageRecord(
        "alice",
        image_id,
        status,
        f"{random.choice(VALUES)}.jpg",
        "image/jpeg",
        1000,
        random_time(random) if is_indexed else NOW - timedelta(days=random.randint(0, 16)),
        labels=tuple(LabelSummary(each, 90.0) for each in random.sample(VALUES, random.randint(0, 3))),
        terms=tuple(random_term(random) for _ in range(random.randint(0, 4))),
        reason=Reason("broken", "It is.") if status == "failed" else None,
        taken_at=random.choice([None, random_time(random)]) if is_indexed else None,
        review=random.choice([None, Review(("Violence",))]),
        own=OwnData(tuple(tags.values()), random.random() < 0.3, None, random.choice([None, decision])),
        is_indexed=is_indexed,
    )


def random_term(random: Random) -> Term:
    if random.random() < 0.2:
        return Term("people", str(random.randint(0, 3)))
    kinds = [kind for kind in KINDS if kind not in ("people", "tag", "name", "status", "is")]
    return Term(random.choice(kinds), random.choice(VALUES))


def random_time(random: Random) -> datetime:
    return NOW - timedelta(days=9 * random.randint(0, 40))


def random_clause(random: Random) -> str:
    minus = random.choice(["", "", "-"])
    if random.random() < 0.25:
        return minus + random.choice(FIXED)
    if random.random() < 0.2:
        date = f"{random_time(random):%Y-%m-%d}"[: random.choice([4, 7, 10])]
        return f"{minus}{random.choice(['before', 'after'])}:{date}"
    field, value = random.choice(FIELDS), random.choice(VALUES)
    text = f'"{value[:2].strip("-")}*"' if random.random() < 0.3 else f'"{value}"'
    return f"{minus}{field}:{text}" if field else minus + text
