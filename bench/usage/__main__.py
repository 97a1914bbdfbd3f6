"""`make usage`: measure what a picture uses on the local stack, for `make cost`.

It writes deploy/cost/measured.json. With --check it only compares the counts with those in the file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from typing import Any

from bench.usage.measurement import EXACT, Measurement, Step, measure
from bench.usage.picture import draw
from bench.usage.surroundings import count_resources, describe_page
from local.cli.arguments import whole_number
from local.cli.console import EXPLAINED, exit_at_once
from local.settings import ROOT, use_local_credentials

FILE = ROOT / "deploy" / "cost" / "measured.json"
LIST_CALLS = 100
ONE_CALL = {"DetectLabels": "true"}
ALL_CALLS = {
    "DetectModeration": "true",
    "DetectText": "true",
    "DetectFaces": "true",
    "DetectCelebrities": "true",
    "DetectProtectiveEquipment": "true",
}  # and the labels


def main(arguments: list[str]) -> int:
    """Measure, and write or compare. Return 1 if a count differs from the file."""
    parser = argparse.ArgumentParser(prog="make usage", description=__doc__)
    parser.add_argument("--pictures", type=whole_number(1), default=20, help="how many (%(default)s)")
    parser.add_argument(
        "--labels", type=whole_number(1, 100), default=30, help="label names of a picture (%(default)s)"
    )
    parser.add_argument("--check", action="store_true", help="compare the counts with the file")
    options = parser.parse_args(arguments)
    use_local_credentials(os.environ)
    pictures, calls = (3, 1) if options.check else (options.pictures, LIST_CALLS)
    try:
        one = measure(ONE_CALL, names=options.labels, pictures=pictures, calls=calls)
        all_ = measure(ALL_CALLS, names=options.labels, pictures=pictures)
    except EXPLAINED as error:
        print(error, file=sys.stderr)
        return 1
    if not one.metrics:
        problem = "No metric was seen, although each picture has some, so the measurement isn't used."
        print(problem, file=sys.stderr)
        return 1
    document = _document(one, all_, options.labels, pictures)
    if options.check:
        return _compare(document, json.loads(FILE.read_text("utf-8")))
    FILE.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {FILE.relative_to(ROOT)}.")
    return 0


def _document(one: Measurement, all_: Measurement, names: int, pictures: int) -> dict[str, Any]:
    further_calls = len(ALL_CALLS)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "pictures": pictures,
        "pictureBytes": len(draw(0)),
        "labelNames": names,
        "parameters": one.parameters,
        "functions": one.functions,
        "page": describe_page(),
        "resources": count_resources(),
        "metrics": sorted(one.metrics),
        "objectBytes": one.objects,
        "items": one.items,
        "logs": _rounded(one.logs),
        "listed": one.listed,
        "steps": {name: _rounded(step) for name, step in one.steps.items()},
        "furtherCall": _rounded(_difference(one.steps["recognize"], all_.steps["recognize"], further_calls)),
    }


def _difference(less: Step, more: Step, divisor: int) -> Step:
    return {
        caller: {
            kind: (count - less.get(caller, {}).get(kind, 0)) / divisor for kind, count in counts.items()
        }
        for caller, counts in more.items()
    }


def _rounded(step: Step) -> Step:
    return {
        caller: {kind: round(count, 3) for kind, count in counts.items() if round(count, 3)}
        for caller, counts in step.items()
    }


def _compare(measured: dict[str, Any], known: dict[str, Any]) -> int:
    """Print each count and setting that differs from the file's. Return 1 if there are some."""
    found, expected = _counts(measured), _counts(known)
    different = [name for name in sorted(found | expected) if found.get(name) != expected.get(name)]
    for name in different:
        print(f"{name}: {found.get(name, 0):g} instead of {expected.get(name, 0):g}")
    if different:
        print("Run make usage, and update the README's tables from make cost.")
    return int(bool(different))


def _counts(document: dict[str, Any]) -> dict[str, float]:
    steps = {**document["steps"], "furtherCall": document["furtherCall"]}
    counts = {
        f"{step} {caller} {kind}": count
        for step, callers in steps.items()
        if step != "list"  # it depends on how many pictures there are, as the units of the labels do
        for caller, values in callers.items()
        for kind, count in values.items()
        if kind in EXACT and kind != "listUnits"
    }
    stored = {f"items {name}": count for name, count in document["items"].items()}
    stored |= {
        f"log lines of {name}": counts.get("logEvents", 0) for name, counts in document["logs"].items()
    }
    metrics = {f"metric {name}": 1.0 for name in document["metrics"]}
    settings = {
        f"{name} {key}": float(function[key])
        for name, function in document["functions"].items()
        for key in ("memory", "isTraced")
    } | {name: float(value) for name, value in document["parameters"].items()}
    resources = {f"template {name}": count for name, count in document["resources"].items()}
    return counts | stored | settings | resources | metrics


if __name__ == "__main__":
    exit_at_once(main(sys.argv[1:]))
