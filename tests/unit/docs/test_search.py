"""docs/search.md matches the code, and its examples are valid."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from search.grammar import FIELDS, MAX_CLAUSES, MAX_LENGTH, parse

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())
CONTRACT = (ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `(\S.*?)` \| (?:with|where|of|that)", PAGE, re.MULTILINE)
VALUES = re.findall(r"^\| `(\w+):` \|.*\|(.*)\|$", PAGE, re.MULTILINE)


def test_lists_every_field() -> None:
    listed = [field for field, _ in VALUES]
    assert sorted(listed) == sorted(FIELDS)
    described = re.findall(r"`(\w+):`", CONTRACT)
    assert set(described) == set(FIELDS)


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_a_valid_search(text: str) -> None:
    parse(text)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 10


@pytest.mark.parametrize(("field", "cell"), [each for each in VALUES if each[0] not in ("before", "after")])
def test_every_value_of_a_field_is_valid(field: str, cell: str) -> None:
    for value in re.findall("`(.*?)`", cell) or ["cat"]:
        parse(f"{field}:{value}")


def test_names_the_limits() -> None:
    assert f"up to {MAX_CLAUSES} terms, separated by spaces, and {MAX_LENGTH} characters" in TEXT
    assert f"maxLength: {MAX_LENGTH}" in CONTRACT
    assert f"At most {MAX_CLAUSES} terms" in CONTRACT
