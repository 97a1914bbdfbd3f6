"""What each kind of search takes, with many pictures of one owner.

Time is this process's CPU time without the table's: on AWS, each call takes some milliseconds in addition.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.catalog.collection import NOW, OWNER
from bench.catalog.table import MeteredTable
from catalog.catalog import Catalog
from catalog.terms import Term
from search.grammar import parse
from search.matching import Clause, ExactTerm, Query
from search.run import find
from search.terms import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.catalog.collection import Collection

LIMIT = 30
_LABEL = Query((Clause(ExactTerm(Term("label", "Cat"))),))
# what is measured, the search, and its order
SEARCHES: tuple[tuple[str, Query, str], ...] = (
    ("no search", Query(), "added"),
    ("no search", Query(), "taken"),
    ("label=Cat (2 %)", _LABEL, "added"),
    *(
        (text, parse(text), order)
        for text, order in (
            ("label:cat", "added"),
            ("label:cat", "taken"),
            ("label:person", "added"),
            ("label:person", "taken"),
            ("beach", "added"),
            ("label:cat label:snow", "added"),
            ("label:day label:night", "added"),
            ("label:cat label:zebra", "added"),
            ("label:person -label:cat", "added"),
            ("-label:person", "added"),
            ("label:be*", "added"),
            ("people:2.. label:beach", "added"),
            ("people:2..", "added"),
            ("after:2026-07 before:2026-08", "added"),
            ("after:2026-07 before:2026-08", "taken"),
            ("label:cat after:2025-07 before:2025-08", "added"),
            ("before:1960", "added"),
            ("before:1960", "taken"),
            ("name:img_000042", "added"),
            ("name:img*", "added"),
            ("flag:* -is:approved", "added"),
            ("status:pending", "added"),
        )
    ),
)


@dataclass(frozen=True)
class Cost:
    """What it took to find the first page's matches, or all if there are fewer."""

    found: int
    requests: int
    calls: int
    units: float
    milliseconds: float

    def __str__(self) -> str:
        time = f"{self.milliseconds:>6.0f}"
        return f"{self.found:>4} {self.requests:>4} {self.calls:>5} {self.units:>7,.0f} {time}"


def measure(table: MeteredTable, run: Callable[[], tuple[int, int]]) -> Cost:
    """Measure a function that returns the number of matches and of requests."""
    table.reset()
    started = time.process_time()
    found, requests = run()
    seconds = time.process_time() - started - table.seconds
    return Cost(found, requests, table.calls, table.units, max(0.0, seconds * 1000))


def search(catalog: Catalog, query: Query, order: Any) -> tuple[int, int]:
    """Request pages until one page of matches is found, or the end is reached."""
    found, requests, position = 0, 0, None
    while requests == 0 or (position and found < LIMIT):
        page = find(catalog.index, OWNER, query, order=order, limit=LIMIT - found, before=position)
        found, requests, position = found + len(page.records), requests + 1, page.position
    return found, requests


def measure_all(collection: Collection) -> dict[str, Cost]:
    """Measure every search in a collection."""
    table = MeteredTable(collection)

    resource: Any = table
    catalog = Catalog(resource, clock=lambda: NOW, sleep=lambda _: None)

    def labels() -> tuple[int, int]:
        return len(catalog.index.vocabulary(OWNER).terms(["label"])), 1

    def terms(prefix: str) -> tuple[int, int]:
        return len(suggest(catalog.index.vocabulary(OWNER), prefix, None, LIMIT)), 1

    costs = {"GET /labels, first in a process": measure(table, labels), "GET /labels": measure(table, labels)}
    for prefix in ("", "be"):
        costs[f"GET /terms?prefix={prefix}"] = measure(table, partial(terms, prefix))
    for text, query, order in SEARCHES:
        name = f"{text}, order=taken" if order == "taken" else text
        costs[name] = measure(table, partial(search, catalog, query, order))
    return costs


def table_lines(results: Mapping[int, Mapping[str, Cost]]) -> Iterator[str]:
    """Yield a table: a row for each search, and columns for each size of a collection."""
    searches = next(iter(results.values()))
    width = max(map(len, searches))
    yield " | ".join([" " * width, *(f"{f'{size:,} pictures':^30}" for size in results)]).rstrip()
    yield " | ".join([" " * width, *(["found reqs calls   units     ms"] * len(results))])
    for name in searches:
        yield " | ".join([f"{name:<{width}}", *(f" {costs[name]}" for costs in results.values())])
