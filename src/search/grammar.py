"""The query language: terms that must all match, `-` to exclude, quotes, fields, and `*` for prefixes.

docs/search.md describes it for people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from catalog.terms import Term, fold, words
from common.errors import InvalidQuery
from common.file_names import is_invisible
from common.http import quoted
from common.time import parse_date
from search.matching import Clause, ExactTerm, HasStatus, PeopleRange, Phrase, Query, TimeRange

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from catalog.records import Status
    from catalog.terms import Kind
    from search.matching import Condition

MAX_LENGTH, MAX_CLAUSES = 500, 20
BARE_KINDS: tuple[Kind, ...] = ("label", "text", "tag", "name")  # where a word without a field is searched
PHRASE_KINDS: tuple[Kind, ...] = (
    *("label", "text", "tag", "name"),
    *("color", "camera", "flag", "celebrity", "missing"),
)
STATUSES: tuple[Status, ...] = ("pending", "done", "failed")
EXAMPLE_DATES = ("2026", "2026-10", "2026-10-31")
MARKS = ("favorite", "review", "approved", "hidden", "waiting")  # the values of `is:`

_CLAUSE = re.compile(
    r"""(?P<minus>-?)
        (?:(?P<field>[^\s":]*):)?
        (?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]*))""",
    re.VERBOSE,
)
_NUMERIC_FIELDS = ("people", "before", "after")  # a - in their values is meant as a sign
_NUMBER = "[0-9]{1,6}"
_PEOPLE = re.compile(rf"(?P<exact>{_NUMBER})|(?P<minimum>{_NUMBER})?\.\.(?P<maximum>{_NUMBER})?")
_QUOTES = str.maketrans("“”„", '"""')  # as phones type them


@dataclass(frozen=True)
class _Value:
    """The part of a clause after its field; `position` is that of its first character, from 1."""

    text: str
    position: int
    field: str

    def error(self, sentence: str, offset: int = 0) -> InvalidQuery:
        return InvalidQuery(sentence, self.position + offset)


def parse(text: str) -> Query:
    """Parse a query. Raises InvalidQuery about the first thing that is wrong with it.

    Invisible characters are ignored, but counted in positions.
    """
    if len(text) > MAX_LENGTH:
        raise InvalidQuery(f"The search is longer than {MAX_LENGTH} characters.", MAX_LENGTH + 1)
    positions = [index for index, character in enumerate(text) if not is_invisible(character)]
    visible = "".join(text[index] for index in positions)
    if not visible.strip():
        raise InvalidQuery("The search is empty. Leave out q to list all pictures.", 1)
    try:
        return _parse(visible)
    except InvalidQuery as error:
        if len(positions) == len(text):
            raise
        position = [*positions, positions[-1] + 1][error.position - 1] + 1
        raise InvalidQuery(error.sentence, position) from None


def _parse(text: str) -> Query:
    straight = text.translate(_QUOTES)
    clauses: list[Clause] = []
    position = _skip_space(straight, 0)
    while position < len(straight):
        if len(clauses) == MAX_CLAUSES:
            raise InvalidQuery(f"The search has more than {MAX_CLAUSES} terms.", position + 1)
        match = cast(
            "re.Match[str]", _CLAUSE.match(straight, position)
        )  # it matches the empty string as well
        _check_end(straight, match)
        clauses.append(_clause(match))
        position = _skip_space(straight, match.end())
    return Query(tuple(clauses))


def _skip_space(text: str, start: int) -> int:
    return len(text) - len(text[start:].lstrip())


def _check_end(text: str, match: re.Match[str]) -> None:
    """Raise InvalidQuery unless a space or the end of the text follows a clause."""
    end = match.end()
    if end == len(text) or text[end].isspace():
        return
    if match["quoted"] is not None:
        raise InvalidQuery("Put a space after the closing quote.", end + 1)
    if '"' in text[end + 1 :]:
        raise InvalidQuery("Put a space before the quote.", end + 1)
    raise InvalidQuery("The quote isn't closed.", end + 1)


def _clause(match: re.Match[str]) -> Clause:
    group = "bare" if match["quoted"] is None else "quoted"
    field = match["field"]
    value = _Value(match[group], match.start(group) + 1, "" if field is None else field.casefold())
    if (match["bare"] or "").startswith("-") and value.field not in _NUMERIC_FIELDS:
        raise value.error("Put a single - before the whole term, such as -label:cat.")
    if field is None:
        return Clause(_phrase(value, BARE_KINDS), bool(match["minus"]))
    read = _FIELDS.get(value.field)
    if read is None:
        sentence = (
            f"The field {quoted(field)} is unknown. Use {', '.join(FIELDS)}, or put the text in quotes."
        )
        raise InvalidQuery(sentence, match.start("field") + 1)
    if not value.text:
        raise value.error(f"Put a value directly after {value.field}: without a space.")
    return Clause(read(value), bool(match["minus"]))


def _phrase(value: _Value, kinds: tuple[Kind, ...]) -> Phrase:
    if value.field and value.text == "*":  # any value of the kind
        return Phrase(kinds, (), is_prefix=True)
    text = value.text.removesuffix("*")
    if "*" in text:
        raise value.error("* can only be the last character of a term.", text.index("*"))
    is_prefix = text != value.text
    if is_prefix and (text[-1:].isspace() or not words(fold(text)[-1:])):
        raise value.error("Put * directly after a letter, digit or emoji.", len(text))
    found = words(text)
    if not found:
        raise value.error("A term needs a letter, digit or emoji.")
    return Phrase(kinds, found, is_prefix)


def _people(value: _Value) -> PeopleRange:
    match = _PEOPLE.fullmatch(value.text)
    if match is None or value.text == "..":
        examples = "people:2, people:2.., people:..3 or people:1..2"
        raise value.error(f"people: takes a number or a range, such as {examples}.")
    if match["exact"]:
        return PeopleRange(int(match["exact"]), int(match["exact"]))
    minimum, maximum = int(match["minimum"] or 0), int(match["maximum"]) if match["maximum"] else None
    if maximum is not None and minimum > maximum:
        raise value.error("The range must start with the smaller number.")
    return PeopleRange(minimum, maximum)


def _status(value: _Value) -> HasStatus:
    status = value.text.casefold()
    if status not in STATUSES:
        raise value.error(f"status: must be {_alternatives(STATUSES)}.")
    return HasStatus(status)


def _mark(value: _Value) -> ExactTerm:
    mark = value.text.casefold()
    if mark not in MARKS:
        raise value.error(f"is: must be {_alternatives(MARKS)}.")
    return ExactTerm(Term("is", mark))


def _start(value: _Value) -> datetime:
    """Return the start of a year, month or day (UTC)."""
    try:
        return parse_date(value.text)[0]
    except ValueError:
        examples = _alternatives(tuple(f"{value.field}:{date}" for date in EXAMPLE_DATES))
        raise value.error(f"{value.field}: takes a year, month or day, such as {examples}.") from None


def _alternatives(values: tuple[str, ...]) -> str:
    return f"{', '.join(values[:-1])} or {values[-1]}"


def _phrase_reader(kind: Kind) -> Callable[[_Value], Condition]:
    return lambda value: _phrase(value, (kind,))


_FIELDS: dict[str, Callable[[_Value], Condition]] = {
    **{kind: _phrase_reader(kind) for kind in PHRASE_KINDS},
    "people": _people,
    "status": _status,
    "is": _mark,
    "before": lambda value: TimeRange(end=_start(value)),
    "after": lambda value: TimeRange(start=_start(value)),
}
FIELDS = tuple(_FIELDS)
