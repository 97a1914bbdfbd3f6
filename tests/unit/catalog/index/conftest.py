from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from catalog.records import ImageRecord, LabelSummary

ID = "ab" * 32


class Interruption(Exception):
    """Stands for a function that is cut off."""


class Calls:
    """The calls to the table: how many there were, and what happens before a certain one."""

    Interruption = Interruption

    def __init__(self, table) -> None:
        self.names: list[str] = []
        self._at: int | None = None
        self._happening: Callable[[], object] = lambda: None
        table.meta.client.meta.events.register("before-call.dynamodb", self._call)

    def before(self, number: int, happening: Callable[[], object]) -> None:
        """Let something happen before the call of a number, counted from now on, from 0."""
        self._at, self._happening = len(self.names) + number, happening

    def cut_off(self, number: int) -> None:
        """Let nothing come through from the call of a number on."""

        def cut_off() -> None:
            raise Interruption

        self.before(number, cut_off)

    def forget(self) -> list[str]:
        """Return the names of the calls so far, and count anew, with nothing to happen."""
        names, self.names, self._at = self.names, [], None
        return names

    @property
    def has_happened(self) -> bool:
        """Tell whether that call was reached."""
        return self._at is None

    def _call(self, model, **_: Any) -> None:
        self.names.append(model.name)
        if self._at is not None and len(self.names) > self._at:
            self._at = None  # first, since what happens may well call the table
            self._happening()


@pytest.fixture
def calls(table) -> Calls:
    return Calls(table)


@pytest.fixture
def look(catalog, clock) -> Callable[..., bool]:
    """Record what was found in a picture."""

    def look(*names: str, owner: str = "public", image_id: str = ID, claimant: str | None = None) -> bool:
        return catalog.complete(
            owner,
            image_id,
            width=512,
            height=256,
            labels=[LabelSummary(name, 90.0) for name in names],
            index_names=names,
            billed_calls=2,
            processed_at=clock.now,
            expires_at=int(clock.now.timestamp()) + 5 * 86400,
            claimant=claimant,
        )

    return look


@pytest.fixture
def counts(catalog, items) -> Callable[..., dict[str, int]]:
    """An owner's counts, after a check that each is that of the entries there are, day by day."""

    def counts(owner: str = "public") -> dict[str, int]:
        entries: Counter[tuple[str, str]] = Counter()
        counted: Counter[tuple[str, str]] = Counter()
        for key, item in items().items():
            if "#LABEL#" in key:
                partition = key.partition(" 2026-")[0]
                entries[partition, f"day{int(item['expiresAt']) // 86400}"] += 1
            elif "#LABELS " in key:
                partition = key.replace("#LABELS LABEL#", "#LABEL#")
                counted.update(
                    {(partition, name): int(n) for name, n in item.items() if name.startswith("day")}
                )
        assert entries == +counted
        assert min(counted.values(), default=0) >= 0
        return {label.name: label.count for label in catalog.label_counts(owner)}

    return counts


@pytest.fixture
def small_transactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let labels need more than one."""
    monkeypatch.setattr("catalog.labels._PAIRS", 2)


@pytest.fixture
def fresh(table, catalog, calls, record, small_transactions) -> Callable[[], None]:
    """Begin again with nothing but a pending image."""

    def fresh() -> None:
        for item in table.scan()["Items"]:
            table.delete_item(Key={"pk": item["pk"], "sk": item["sk"]})
        catalog.start(record)
        calls.forget()

    return fresh


@pytest.fixture
def cut_off(calls, fresh) -> Callable[..., int]:
    """Cut work off before each of its calls in turn, and check what comes of it."""

    def cut_off(work: Callable[[], object], check: Callable[[], None], prepare=lambda: None) -> int:
        for number in count():
            fresh()
            prepare()
            calls.forget()
            calls.cut_off(number)
            try:
                work()
            except calls.Interruption:
                pass
            else:
                calls.forget()
                return number
            calls.forget()
            check()
        raise AssertionError

    return cut_off


@pytest.fixture
def overtaken(calls, fresh) -> Callable[..., int]:
    """Let something else happen before each call of some work in turn, and check what comes of it."""

    def overtaken(
        work: Callable[[], object],
        happening: Callable[[], object],
        check: Callable[[], None],
        prepare=lambda: None,
    ) -> int:
        for number in count():
            fresh()
            prepare()
            calls.forget()
            calls.before(number, happening)
            work()
            if not calls.has_happened:
                return number
            calls.forget()
            check()
        raise AssertionError

    return overtaken


@pytest.fixture
def again(record) -> ImageRecord:
    """The same image, started a little later."""
    return replace(record, uploaded_at=record.uploaded_at.replace(minute=7))


@pytest.fixture
def delete(catalog) -> Callable[[], bool]:
    """Delete the image; False where it is not there."""

    def delete() -> bool:
        place = catalog.begin_deletion("public", ID)
        if place:
            catalog.end_deletion(place)
        return place is not None

    return delete


@pytest.fixture
def nothing_left(items, counts) -> Callable[[], None]:
    """Check that nothing but spent counts and the month's totals is there."""

    def nothing_left() -> None:
        assert counts() == {}
        assert [key for key in items() if "#LABELS " not in key and " MONTH#" not in key] == []

    return nothing_left
