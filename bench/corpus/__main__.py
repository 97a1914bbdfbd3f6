"""`make corpus DIR=…`: print the processor's verdict on every file below a folder, and what is disputed."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench.corpus import report
from bench.corpus.bounded import Limits, call_each
from bench.corpus.chromium import Chromium
from bench.corpus.disagreements import MAX_MEGABYTES, MAX_SECONDS, Row
from bench.corpus.references import Vips
from bench.corpus.verdict import judge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.corpus.references import Reference, Rendering

Result = TypeVar("Result")

# Above the limits that are reported, so that a report says how far they are exceeded.
_LIMITS = Limits(2 * MAX_SECONDS, 3 * MAX_MEGABYTES)


def main(arguments: list[str]) -> int:
    """Print the report; return 1 if a file crashes the processor, or takes too long or too much memory."""
    parser = argparse.ArgumentParser(prog="make corpus", description=__doc__)
    parser.add_argument("folder", help="the corpus; each folder in it is a suite in the summary")
    parser.add_argument("--jsonl", action="store_true", help="print JSON Lines only")
    parser.add_argument("--no-reference", action="store_true", help="don't compare with reference decoders")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="files at a time")
    options = parser.parse_args(arguments)
    if not options.folder:
        parser.error("name a folder: make corpus DIR=folder")
    folder = Path(options.folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        parser.error(f"{folder} isn't a folder with files")

    rows = [Row(call) for call in _progress(call_each(judge, paths, _LIMITS, options.processes), len(paths))]
    if not options.no_reference:
        references = installed_references(options.processes)
        print(*_missing(references), sep="", end="", file=sys.stderr if options.jsonl else sys.stdout)
        rows = _with_renderings(rows, references)
    rows.sort(key=lambda row: row.call.item)
    _print(rows, folder, options.jsonl)
    return int(any(row.is_over_limit for row in rows))


def installed_references(processes: int) -> list[Reference]:
    """Return this machine's reference decoders. Chromium is last, so that no fork inherits its pipes."""
    references: list[Reference] = []
    if Vips.is_installed():
        references.append(Vips(_LIMITS, processes))
    if Chromium.find():
        references.append(Chromium())
    return references


def _missing(references: list[Reference]) -> Iterator[str]:
    """Say which reference isn't installed, and which formats aren't compared for that reason."""
    names = {reference.name for reference in references}
    for kind in (Vips, Chromium):
        if kind.name not in names:
            *first, last = sorted(kind.formats - {""})
            yield f"{kind.name} isn't installed: {', '.join(first)} and {last} aren't compared\n"


def _with_renderings(rows: list[Row], references: list[Reference]) -> list[Row]:
    renderings: dict[Path, Rendering] = {}
    for reference in references:
        paths = [row.call.item for row in rows if row.verdict.format in reference.formats]
        print(f"{reference.name}:", file=sys.stderr)
        renderings.update(_progress(reference.render_each(paths), len(paths)))
    return [Row(row.call, renderings.get(row.call.item)) for row in rows]


def _progress(results: Iterable[Result], count: int) -> Iterator[Result]:
    """Pass on results, and count them on the terminal."""
    for number, result in enumerate(results, 1):
        if number % 100 == 0 or number == count:
            print(f"{number} of {count} files", file=sys.stderr, flush=True)
        yield result


def _print(rows: list[Row], folder: Path, is_jsonl: bool) -> None:
    if is_jsonl:
        print("\n".join(report.to_json(row, folder) for row in rows))
        return
    print(report.HEADER, *(report.to_line(row, folder) for row in rows), sep="\n")
    for title, lines in (
        ("Disagreements", report.disagreements(rows, folder)),
        ("Formats", report.by_format(rows)),
        ("Suites", report.by_suite(rows, folder)),
    ):
        print(f"\n## {title}\n", *lines, sep="\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
