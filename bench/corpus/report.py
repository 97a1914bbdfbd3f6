"""The report on a corpus: a line per file, the disagreements, and summaries in Markdown."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from bench.corpus.references import PARTIAL
from bench.corpus.verdict import DONE
from common.rejections import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from bench.corpus.disagreements import Row

_ELSEWHERE = "(top folder)"
_UNKNOWN = "other"
_NO_REFERENCE = "no reference"
HEADER = f"{'verdict':<19}{'format':<6}{'size':>12}  {'mean max':>12}{'time':>10}{'memory':>9}  file"


def to_json(row: Row, folder: Path) -> str:
    """Return all about a file as one line of JSON."""
    verdict, shown, difference = row.verdict, row.rendering, row.difference
    fields = {
        "file": str(row.call.item.relative_to(folder)),
        "verdict": verdict.code,
        "message": verdict.message,
        "cause": verdict.cause,
        "format": verdict.format,
        "width": verdict.width,
        "height": verdict.height,
        "converted": verdict.is_converted,
        "seconds": round(row.call.seconds, 3),
        "megabytes": row.call.megabytes,
        "reference": shown.reference if shown else None,
        "referenceStatus": shown.status if shown else None,
        "referenceWidth": shown.width if shown else None,
        "referenceHeight": shown.height if shown else None,
        "meanDifference": difference.mean if difference else None,
        "maxDifference": difference.maximum if difference else None,
        "disagreement": row.disagreement,
    }
    return json.dumps(fields, ensure_ascii=False)


def to_line(row: Row, folder: Path) -> str:
    """Return the main facts about a file as one line of text, below HEADER, and the reasons below it."""
    verdict = row.verdict
    size = f"{verdict.width}×{verdict.height}" if verdict.width else "–"
    file = row.call.item.relative_to(folder)
    return (
        f"{verdict.code:<19}{verdict.format or '–':<6}{size:>12}  {_comparison(row):>12}"
        f"{row.call.seconds:8.2f} s{row.call.megabytes:6} MB  {file}{_reason(row)}"
    )


def _comparison(row: Row) -> str:
    """Return the difference of the colors, or what the reference shows if it can't be measured."""
    if row.rendering is None:
        return _NO_REFERENCE
    difference = row.difference
    if difference is None or row.rendering.status == PARTIAL:
        return row.rendering.status
    return f"{difference.mean:.1f} {difference.maximum:3}"


def _reason(row: Row) -> str:
    verdict = row.verdict
    return "".join(f"\n    {_to_line(text)}" for text in (verdict.message, verdict.cause) if text)


def _to_line(text: str) -> str:
    return " ".join(text.split())


def disagreements(rows: Iterable[Row], folder: Path) -> Iterator[str]:
    """Return a Markdown table of the disagreements, the worst first."""
    found = sorted(
        (row for row in rows if row.disagreement),
        key=lambda row: (row.verdict.code == DONE, row.disagreement),
    )
    yield from _table(
        ("file", "format", "verdict", "reference", "disagreement"),
        [
            (
                str(row.call.item.relative_to(folder)),
                row.verdict.format or _UNKNOWN,
                row.verdict.code + (f" ({row.verdict.cause})" if row.verdict.cause else ""),
                f"{row.rendering.reference}: {row.rendering.status}" if row.rendering else _NO_REFERENCE,
                row.disagreement,
            )
            for row in found
        ],
    )


def by_format(rows: Iterable[Row]) -> Iterator[str]:
    """Return a Markdown table with a row per format."""
    yield from _summary("format", rows, lambda row: row.verdict.format or _UNKNOWN)


def by_suite(rows: Iterable[Row], folder: Path) -> Iterator[str]:
    """Return a Markdown table with a row per folder directly below the corpus: a test suite each."""

    def suite(row: Row) -> str:
        parts = row.call.item.relative_to(folder).parts
        return parts[0] if len(parts) > 1 else _ELSEWHERE

    yield from _summary("suite", rows, suite)


def _summary(heading: str, rows: Iterable[Row], group: Callable[[Row], str]) -> Iterator[str]:
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[group(row)].append(row)
    seen = {row.verdict.code for rows in groups.values() for row in rows}
    codes = [code for code in (DONE, *MESSAGES) if code in seen]
    codes += sorted(seen.difference(codes))  # a crash or a timeout
    everything = [row for rows in groups.values() for row in rows]
    yield from _table(
        (heading, "files", *codes, "disagreements", PARTIAL, _NO_REFERENCE, "max. s", "max. MB"),
        [_count(name, groups[name], codes) for name in sorted(groups)] + [_count("total", everything, codes)],
    )


def _count(name: str, rows: list[Row], codes: list[str]) -> tuple[str, ...]:
    counts = Counter(row.verdict.code for row in rows)
    return (
        name,
        str(len(rows)),
        *(str(counts[code]) for code in codes),
        str(sum(bool(row.disagreement) for row in rows)),
        str(sum(row.rendering is not None and row.rendering.status == PARTIAL for row in rows)),
        str(sum(row.rendering is None for row in rows)),
        f"{max((row.call.seconds for row in rows), default=0):.1f}",
        str(max((row.call.megabytes for row in rows), default=0)),
    )


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in rows:
        yield f"| {' | '.join(_to_line(cell).replace('|', '/') for cell in row)} |"
