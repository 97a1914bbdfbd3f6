"""DynamoDB's units, against cases that were counted by hand."""

from __future__ import annotations

from typing import Any

import pytest

from bench.usage.units import Index, Units, Write, get_units, item_bytes, query_units, write_units

KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}  # 6 bytes
INDEX = Index(("shard", "time"), ("pk", "sk"))


def sized(size: int, **attributes: Any) -> dict[str, Any]:
    """Return an item of a size, with the key and an attribute `t` that fills it."""
    rest = size - item_bytes({**KEY, **attributes}) - 1
    return {**KEY, **attributes, "t": {"S": "x" * rest}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": "é"}, 2),
        ({"N": "0"}, 1),
        ({"N": "7"}, 2),
        ({"N": "-7"}, 3),
        ({"N": "1700"}, 2),
        ({"N": "98.75"}, 3),
        ({"N": "1764158400"}, 5),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"B": "AAAA"}, 3),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "22"]}, 4),
        ({"L": []}, 3),
        ({"L": [{"S": "ab"}, {"N": "7"}]}, 3 + 3 + 3),
        ({"M": {"name": {"S": "Cat"}}}, 3 + 1 + 4 + 3),
    ],
)
def test_an_attribute_has_its_name_and_its_value(value: Any, size: int) -> None:
    assert item_bytes({"n": value}) == 1 + size


@pytest.mark.parametrize(("size", "units"), [(7, 1), (1024, 1), (1025, 2), (3072, 3)])
def test_a_write_takes_a_unit_for_each_kilobyte(size: int, units: int) -> None:
    assert write_units([Write(KEY, None, sized(size))]) == Units(write=units)
    assert write_units([Write(KEY, None, sized(size))], transaction=True) == Units(write=2 * units)


def test_the_larger_of_the_old_and_the_new_item_counts() -> None:
    assert write_units([Write(KEY, sized(2000), sized(100))]) == Units(write=2)
    assert write_units([Write(KEY, sized(2000), None)]) == Units(write=2)
    assert write_units([Write(KEY, None, None)]) == Units(write=1)  # nothing was deleted


def test_each_action_of_a_transaction_takes_two_units() -> None:
    writes = [Write(KEY, None, sized(200)), Write(KEY, sized(1500), sized(1500))]  # the second is a check
    assert write_units(writes, transaction=True) == Units(write=2 + 4)


LISTED = {"shard": {"S": "s"}, "time": {"S": "1"}}
LATER = {"shard": {"S": "s"}, "time": {"S": "2"}}


@pytest.mark.parametrize(
    ("before", "after", "units"),
    [
        (None, sized(200), 0),
        (None, sized(200, **LISTED), 1),
        (sized(200, **LISTED), sized(300, **LISTED), 0),
        (sized(200, **LISTED), sized(200, **LATER), 2),
        (sized(200, **LISTED), sized(200), 1),
        (sized(200, **LISTED), None, 1),
    ],
)
def test_an_index_is_written_if_its_entry_changes(before: Any, after: Any, units: int) -> None:
    for transaction in (False, True):
        own = write_units([Write(KEY, before, after)], transaction=transaction)
        with_index = write_units([Write(KEY, before, after)], [INDEX], transaction=transaction)
        assert with_index == own + Units(write=units)


def test_a_large_entry_of_an_index_takes_a_unit_for_each_kilobyte() -> None:
    entry = {"shard": {"S": "s" * 1100}, "time": {"S": "1"}}
    assert write_units([Write(KEY, None, {**KEY, **entry})], [INDEX]) == Units(write=2 + 2)


def test_a_read_takes_a_unit_for_each_four_kilobytes_and_half_if_not_consistent() -> None:
    items = [sized(100), sized(4097), None]
    assert get_units(items, consistent=True) == Units(read=1 + 2 + 1)
    assert get_units(items, consistent=False) == Units(read=2)


def test_the_items_of_a_query_are_rounded_up_together() -> None:
    assert query_units([sized(2000)] * 4, consistent=True) == Units(read=2)
    assert query_units([sized(2000)] * 4, consistent=False) == Units(read=1)
    assert query_units([], consistent=False) == Units(read=0.5)
