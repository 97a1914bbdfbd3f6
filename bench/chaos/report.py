"""The report of a run: lines for the terminal, and a page with a plot."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bench.chaos.run import Outcome

_WIDTH, _HEIGHT, _MARGIN = 900, 320, 50
_LETTER = 7.5  # width of a letter of the legend, roughly
# Each curve: its name, its color, and a number that was sampled, or the messages that it counts
_CURVES: tuple[tuple[str, str, str | tuple[str, ...]], ...] = (
    ("uploaded", "#1f77b4", "uploaded"),
    ("finished", "#2ca02c", "finished"),
    ("tries parked or to be repeated, in total", "#d62728", ("unfinished", "parked")),
    ("in the retry queue", "#9467bd", "queue"),
)


def lines(outcome: Outcome, seed: int) -> list[str]:
    """Return the report as text."""
    snapshot, progress = outcome.snapshot, outcome.progress
    answered, lost = snapshot.answered.total(), snapshot.lost.total()
    expected = Counter(
        "deleted" if upload.delete_after is not None else upload.expected for upload in outcome.uploads
    )
    seconds = outcome.seconds
    return [
        f"seed {seed}: {len(outcome.uploads)} uploads in {outcome.upload_seconds:.0f} s, at rest after "
        f"{seconds:.0f} s ({len(outcome.uploads) / seconds:.1f} per second)",
        f"to end as: {_counts(expected)}",
        f"tries: {_counts(progress.outcomes)}",
        f"faults: {_counts(outcome.fault_counts)}; lost answers of Rekognition: {lost}",
        f"worker processes of the processor: {outcome.workers}",
        f"events: {_counts(outcome.event_counts)}",
        f"asked for again: {len(snapshot.asked_again)}",
        f"billed: {answered} calls answered, {snapshot.month_calls.total()} counted for their owners, "
        f"{snapshot.stack_calls} for the ceiling",
        *(f"  {count} × {problem}" for problem, count in progress.problems.most_common(8)),
        f"violations: {len(outcome.violations) or 'none'}",
        *(f"  {violation}" for violation in outcome.violations[:40]),
    ]


def page(outcome: Outcome, seed: int) -> str:
    """Return the report as a page of HTML with a plot."""
    text = "\n".join(escape(line) for line in lines(outcome, seed))
    rest = "\n".join(escape(line) for line in [*outcome.violations[40:], *_histories(outcome)])
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Chaos</title>'
        '<body style="font-family: sans-serif; max-width: 60rem; margin: 2rem auto">'
        f"<h1>Chaos, seed {seed}</h1>{plot(outcome.progress.timeline)}<pre>{text}\n{rest}</pre></body></html>"
    )


def _histories(outcome: Outcome) -> list[str]:
    """Return what the functions logged about the pictures that violations name."""
    told = "\n".join(outcome.violations)
    found = []
    for key, history in outcome.progress.history.items():
        if key in told:
            crashes = outcome.snapshot.crashes[key]
            found += ["", f"{key} (its worker was killed {crashes} times)", *history]
    return found


def plot(timeline: Mapping[int, Mapping[str, int]]) -> str:
    """Return an SVG with the curves of a run; the timeline has the numbers of each second."""
    end = max(timeline, default=0) + 1
    curves = [(name, color, _points(timeline, source, end)) for name, color, source in _CURVES]
    top = max((value for _, _, points in curves for value in points), default=0) or 1
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Pictures over time">',
        f'<path d="M{_MARGIN} 10V{_HEIGHT - _MARGIN}H{_WIDTH - 10}" fill="none" stroke="#888"/>',
        f'<text x="5" y="20" font-size="12">{top}</text>',
        f'<text x="{_WIDTH - 60}" y="{_HEIGHT - 30}" font-size="12">{end} s</text>',
    ]
    x = float(_MARGIN)
    for name, color, points in curves:
        path = " ".join(_point(second, value, end, top) for second, value in enumerate(points))
        parts.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        parts.append(f'<text x="{x}" y="{_HEIGHT - 10}" font-size="13" fill="{color}">{name}</text>')
        x += _LETTER * (len(name) + 3)
    return "".join([*parts, "</svg>"])


def _points(timeline: Mapping[int, Mapping[str, int]], source: str | tuple[str, ...], end: int) -> list[int]:
    """Return the value of each second: the last sample, or the running sum of the messages."""
    values, current = [], 0
    for second in range(end):
        bucket = timeline.get(second, {})
        if isinstance(source, str):
            current = bucket.get(source, current)
        else:
            current += sum(bucket.get(message, 0) for message in source)
        values.append(current)
    return values


def _point(second: int, value: int, end: int, top: int) -> str:
    x = _MARGIN + (_WIDTH - _MARGIN - 10) * second / max(1, end - 1)
    y = _HEIGHT - _MARGIN - (_HEIGHT - _MARGIN - 15) * value / top
    return f"{x:.1f},{y:.1f}"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts.items())) or "none"
