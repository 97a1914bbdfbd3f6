"""What 1,000 pictures cost on AWS, by service, with 1, 3 and 7 detectors.

It is the bill of `make cost` for a million pictures a month on arm64, without an account's free allowances
and without what doesn't depend on the number of pictures. What is stored of them is a line of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.figures import Figure, Section
from bench.plots import plot
from deploy.cost import assumptions
from deploy.cost.bill import MILLION, compute
from deploy.cost.usage import MEASURED, Month, picture_quantities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deploy.cost.bill import Line

DETECTORS = {
    1: ("labels",),
    3: ("labels", "moderation", "text"),
    7: ("labels", "properties", "moderation", "text", "faces", "celebrities", "ppe"),
}
GOALS = {1: 6.0}  # % of Rekognition's dollars
LIMITS = {1: 14.2, 3: 5.6, 7: 2.7}  # nothing is timed, so they are close to the figures
EXPLAINED = 0.5  # %, above which a line says why it isn't less
_REKOGNITION = "Rekognition"
_STORED = ("GB stored", "GB backed up")  # for RetentionDays, which people choose
_FIXED = ("custom metrics",)
_PER_THOUSAND = 1000 / MILLION


@dataclass(frozen=True)
class Costs:
    """Dollars for 1,000 pictures: of each line but Rekognition's, and of what is stored of them."""

    rekognition: float
    lines: Mapping[str, float]
    stored: float

    @classmethod
    def of(cls, detectors: tuple[str, ...]) -> Costs:
        """Return the costs with some detectors."""
        found = compute(_month(detectors), free=False).pictures
        lines = [line for line in found if line.item not in (*_STORED, *_FIXED)]
        return cls(
            sum(_dollars(line) for line in lines if line.service == _REKOGNITION),
            {f"{line.service} {line.item}": _dollars(line) for line in lines if line.service != _REKOGNITION},
            sum(_dollars(line) for line in found if line.item in _STORED),
        )

    def share(self, line: str) -> float:
        """Return a line in percent of Rekognition's dollars."""
        return 100 * self.lines[line] / self.rekognition

    @property
    def total_share(self) -> float:
        """Everything but Rekognition and what is stored, likewise."""
        return sum(map(self.share, self.lines))


def reasons() -> dict[str, str]:
    """Return why each large line isn't less."""
    quantities = picture_quantities(_month(DETECTORS[1]))
    memory = MEASURED["functions"]["ProcessorFunction"]["memory"]
    waiting = assumptions.REKOGNITION_SECONDS * memory / 1024 / _each(quantities, "lambda gigabyteSeconds")
    drawn = sum(size for name, size in MEASURED["objectBytes"].items() if name.endswith(".webp"))
    sent = drawn / 1024**3 / _each(quantities, "transfer gigabytes")
    units, terms = _each(quantities, "dynamodb writeUnits"), MEASURED["labelNames"] + 1
    return {
        "Lambda GB-seconds": f"{waiting:.0%} wait for Rekognition at {memory} MB, which large files need",
        "DynamoDB write units": f"{terms} of {units:.0f} are entries of its labels and name, an item each",
        "Data transfer out GB": f"{sent:.0%} is a look: the preview and the thumbnail, {drawn / 1000:.0f} KB",
        "S3 PUT requests": "one each for the picture, its preview, its thumbnail and the JSON document",
        "CloudWatch GB of logs written": "Lambda's own of each invocation, and the API's of each request",
        "X-Ray traces": "an invocation a second and 5% of the others; Tracing=PassThrough saves them",
        "HTTP API requests": "the upload, polls, labels, its result twice, lists, and those of CORS",
    }


def measure(*, quick: bool) -> Section:
    """Compute the bills. They take no time, so `quick` only leaves out the plot."""
    costs = {count: Costs.of(detectors) for count, detectors in DETECTORS.items()}
    if not quick:
        _draw(costs)
    figures = (
        Figure(
            f"everything but Rekognition, {count} detector{'s' if count > 1 else ''}",
            (each.total_share,),
            "%",
            goal=GOALS.get(count),
            limit=LIMITS[count],
            decimals=1,
        )
        for count, each in costs.items()
    )
    return Section(tuple(figures), tuple(_details(costs)))


def _details(costs: Mapping[int, Costs]) -> Iterator[str]:
    one = costs[1]
    lines = sorted(one.lines, key=one.share, reverse=True)
    counts = "".join(f"{count:>10}" for count in costs)
    yield f"{'$ for 1,000 pictures, by detectors':34}{counts}  of Rekognition (1)"
    yield _row(_REKOGNITION, [each.rekognition for each in costs.values()])
    for line in lines:
        yield f"{_row(line, [each.lines[line] for each in costs.values()])}{one.share(line):18.2f} %"
    yield _row("stored, for RetentionDays", [each.stored for each in costs.values()])
    yield ""
    why = reasons()
    yield f"Why it isn't less, above {EXPLAINED:g} % of Rekognition with one detector:"
    yield from (f"- {line}: {why[line]}" for line in lines if one.share(line) > EXPLAINED)


def _row(name: str, dollars: list[float]) -> str:
    return f"{name:34}" + "".join(f"{amount:10.4f}" for amount in dollars)


def _draw(costs: Mapping[int, Costs]) -> None:
    with plot("bill", "Everything but Rekognition", "detectors", "% of Rekognition's price") as axes:
        names, bottom = [str(count) for count in costs], [0.0] * len(costs)
        lines = sorted(costs[1].lines, key=costs[1].share, reverse=True)
        large = [line for line in lines if costs[1].share(line) > EXPLAINED]
        for label in (*large, "everything else"):
            included = [label] if label in large else [line for line in lines if line not in large]
            heights = [sum(map(each.share, included)) for each in costs.values()]
            axes.bar(names, heights, bottom=bottom, label=label, width=0.5)
            bottom = [low + height for low, height in zip(bottom, heights, strict=True)]


def _month(detectors: tuple[str, ...]) -> Month:
    return Month(MILLION, detectors, architecture="arm64")


def _each(quantities: Mapping[str, float], name: str) -> float:
    return quantities[name] / MILLION


def _dollars(line: Line) -> float:
    return line.dollars * _PER_THOUSAND
