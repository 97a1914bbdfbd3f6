from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from catalog.index.vocabulary import TermCount, Vocabulary
from catalog.keys import position_of
from catalog.records import ImageRecord
from catalog.terms import Term
from search import run
from search.grammar import parse
from search.matching import Clause, ExactTerm, Query
from search.run import Page, find
from tests.unit.search.fake_index import FakeIndex

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.index.entries import Order

NOW = datetime(2026, 11, 22, 15, 0, 0, 123000, UTC)


def record(number: int, *terms: str, taken_days_ago: int | None = None) -> ImageRecord:
    """Return the record of a picture that was added so many minutes ago."""
    return ImageRecord(
        "alice",
        f"{number:064x}",
        "done",
        f"{number}.jpg",
        "image/jpeg",
        1000,
        NOW - timedelta(minutes=number),
        terms=tuple(map(Term.parse, terms)),
        taken_at=None if taken_days_ago is None else NOW - timedelta(days=taken_days_ago),
        is_indexed=True,
    )


def page_position(number: int) -> str:
    return position_of(record(number).uploaded_at, record(number).id)


def numbers(page: Page) -> list[int]:
    return [int(each.id, 16) for each in page.records]


def every_other(first: str, second: str, count: int) -> list[ImageRecord]:
    return [record(number, (first, second)[number % 2]) for number in range(count)]


def search(
    records: Iterable[ImageRecord], text: str, order: Order = "added", limit: int = 30
) -> tuple[Page, Counter[str]]:
    """Return the first page, and the number of calls by name."""
    index = FakeIndex(records)
    page = find(index, "alice", parse(text), order=order, limit=limit, clock=lambda: NOW)
    return page, Counter(index.calls)


def test_a_page_of_one_label_takes_three_calls() -> None:
    page, calls = search([record(number, "label:Cat") for number in range(500)], "label:cat")
    assert (numbers(page), page.position) == (
        list(range(30)),
        position_of(page.records[-1].uploaded_at, page.records[-1].id),
    )
    assert calls == {"vocabulary": 1, "entries": 1, "records": 1}


def test_an_exact_label_needs_no_vocabulary() -> None:
    index = FakeIndex(every_other("label:Cat", "label:Cat Food", 20))
    page = find(index, "alice", Query((Clause(ExactTerm(Term("label", "CAT"))),)), limit=3)
    assert (numbers(page), index.calls) == ([0, 2, 4], ["entries", "records"])


def test_an_unknown_word_takes_the_vocabulary_only() -> None:
    page, calls = search(every_other("label:Cat", "label:Dog", 20), "cat zebra -dog")
    assert (page, calls) == (Page((), None), {"vocabulary": 1})


def test_terms_without_a_common_image_take_no_records() -> None:
    page, calls = search(every_other("label:Cat", "color:red", 1000), "cat color:red")
    assert page == Page((), None)
    assert calls["records"] == 0
    assert calls["entries"] < 15


def test_a_page_reads_a_limited_number_of_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAX_ENTRIES", 500)
    page, calls = search(every_other("label:Cat", "color:red", 2000), "cat color:red")
    assert page.records == ()
    assert page.position is not None
    assert calls["entries"] <= 10


def test_a_frequent_term_is_checked_in_the_records_of_a_rare_one() -> None:
    records = [record(number, "label:Person") for number in range(1000)]
    records[700] = record(700, "label:Person", "tag:rare")
    page, calls = search(records, "person tag:rare")
    assert (numbers(page), page.position) == ([700], None)
    assert calls == {"vocabulary": 1, "entries": 1, "records": 1}


def test_a_word_with_too_many_terms_is_looked_for_in_all_records() -> None:
    page, calls = search([record(number, f"tag:x{number}") for number in range(200)], "x*", limit=10)
    assert (numbers(page), calls) == (list(range(10)), {"vocabulary": 1, "entries": 1, "records": 1})


def test_a_page_without_matches_stays_short_and_the_next_ones_continue() -> None:
    index = FakeIndex([record(number) for number in range(2500)])
    query, position = parse("-status:done"), None
    sizes: list[int] = []
    while position or not sizes:
        index.calls.clear()
        page = find(index, "alice", query, limit=30, before=position)
        position = page.position
        sizes.append(index.calls.count("records"))
        assert page.records == ()
    assert max(sizes) <= run.MAX_RECORDS // 100 + 2
    assert len(sizes) == 3


def test_sorts_by_the_time_taken() -> None:
    records = [record(number, "label:Cat", taken_days_ago=(7 * number) % 10) for number in range(10)]
    page, _ = search(records, "cat", "taken", limit=4)
    assert numbers(page) == [0, 3, 6, 9]
    index = FakeIndex(records)
    rest = find(index, "alice", parse("cat"), order="taken", limit=10, before=page.position)
    assert (numbers(rest), rest.position) == ([2, 5, 8, 1, 4, 7], None)


def test_sorting_by_the_time_taken_reads_only_the_records_of_the_page() -> None:
    records = [record(number, "label:Cat", taken_days_ago=number) for number in range(1000)]
    page, calls = search(records, "cat", "taken")
    assert numbers(page) == list(range(30))
    assert calls == {"vocabulary": 1, "entries": 1, "records": 1}


def test_a_range_of_times_reads_only_its_records() -> None:
    records = [record(number, "label:Cat", taken_days_ago=number) for number in range(400)]
    orders: tuple[Order, ...] = ("added", "taken")
    for order in orders:
        page, calls = search(records, "cat after:2026-01 before:2026-02", order)
        assert len(page.records) == 30
        assert calls["records"] == 1
    page, calls = search(records, "after:2026-01 before:2026-02", "taken", limit=100)
    assert (len(page.records), page.position) == (31, None)
    assert calls == {"entries": 1, "records": 1}


def test_a_range_of_times_is_found_at_once_in_either_order() -> None:
    records = [record(number, taken_days_ago=1000 if number in (1, 7, 650) else 1) for number in range(2000)]
    never_recognized = replace(record(2000), uploaded_at=NOW - timedelta(days=999), is_indexed=False)
    index = FakeIndex([*records, never_recognized])
    page = find(index, "alice", parse("before:2025"), limit=30)
    assert (numbers(page), page.position) == ([1, 7, 650, 2000], None)
    assert index.calls == ["entries", "entries", "records"]
    assert numbers(find(index, "alice", parse("before:2025"), limit=30, before=page_position(7))) == [
        650,
        2000,
    ]


def test_images_that_were_never_recognized_are_not_in_the_order_taken() -> None:
    pending = replace(record(0), status="pending", is_indexed=False)
    index = FakeIndex([pending, record(1)])
    assert numbers(find(index, "alice", Query(), order="added", limit=9)) == [0, 1]
    assert numbers(find(index, "alice", Query(), order="taken", limit=9)) == [1]


@pytest.mark.parametrize("count", [29, 30, 100])
def test_the_last_page_has_no_position(count: int) -> None:
    page, _ = search([record(number, "label:Cat") for number in range(count)], "cat", limit=max(30, count))
    assert (len(page.records), page.position) == (count, None)


def test_entries_of_records_that_are_gone_or_moved_are_dropped() -> None:
    current = record(1, "label:Cat")
    moved, gone = replace(current, uploaded_at=NOW), record(2, "label:Cat")
    index = FakeIndex([current])
    for stale in (moved, gone):
        index.leave(stale, "label:cat")
    index.leave(current, "label:dog")  # stays: its record may be about to get the term
    assert numbers(find(index, "alice", parse("cat"), limit=30)) == [1]
    assert index.dropped == [("label:cat", position_of(each.uploaded_at, each.id)) for each in (moved, gone)]


def test_pending_images_are_recent_or_in_the_list_of_those_that_are_recognized_again() -> None:
    day = 24 * 60
    done = [record(number) for number in range(20 * day, 20 * day + 3000)]
    again = replace(record(40 * day), status="pending")
    new = replace(record(15 * day), status="pending", is_indexed=False)
    page, calls = search([*done, again, new], "status:pending")
    assert numbers(page) == [15 * day, 40 * day]
    assert page.position is None
    assert calls == {"entries": 2, "records": 1}
    page, calls = search([*done, again, new], "status:pending", "taken")
    assert numbers(page) == [40 * day]
    assert calls == {"vocabulary": 1, "entries": 1, "records": 1}


def test_does_not_sort_lists_that_are_much_longer_than_their_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAX_SORTED", 10)
    index = FakeIndex([record(0, "label:Cat"), record(1, "label:Cat")])
    for number in range(100, 200):
        index.leave(record(number), "label:cat")  # entries that interrupted tries left
    page = find(index, "alice", parse("label:cat"), order="taken", limit=30)
    assert numbers(page) == [0, 1]
    assert index.dropped == []  # the list of all images was read


def test_a_search_goes_through_the_vocabulary_a_few_times_only(monkeypatch: pytest.MonkeyPatch) -> None:
    lookups: list[str] = []
    find_terms = Vocabulary.find

    def find_and_count(
        self: Vocabulary, pattern: re.Pattern[str], limit: int | None = None
    ) -> list[TermCount]:
        lookups.append(pattern.pattern)
        return find_terms(self, pattern, limit)

    monkeypatch.setattr(Vocabulary, "find", find_and_count)
    tags = [f"tag:{'x' * number}" for number in range(1, 20)]
    page, _ = search([record(0, *tags), record(1, *tags[:5])], " ".join([*tags, tags[0]]))
    assert numbers(page) == [0]
    assert len(lookups) == 5
