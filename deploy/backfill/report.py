"""What a run is expected to do, and what it did, in lines for the person who runs it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from deploy.backfill.images import DELETED, UNFINISHED, added_cost, count_analyses
from deploy.backfill.progress import duration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deploy.backfill.follow import Ending
    from deploy.backfill.images import Batch, Survey
    from deploy.backfill.pace import Pace
    from deploy.backfill.place import Place


@dataclass(frozen=True)
class Estimate:
    """What a run will do.

    `used` are the month's analyses so far, by price group, and `ceiling` is in dollars. `kept_days` says for
    how many days new results are kept; None if the run adds none.
    """

    survey: Survey
    pace: Pace
    used: Mapping[str, int]
    ceiling: float
    place: Place
    kept_days: int | None = None

    @property
    def dollars(self) -> float:
        """What the calls cost at list prices."""
        return added_cost(self.used, self.survey.analyses)

    def lines(self) -> Iterator[str]:
        """Yield the lines to agree to."""
        survey, rate = self.survey, self.pace.rate
        yield f"- to recognize: {survey.to_do:,}"
        if survey.started:
            yield f"- already started: {survey.started:,}"
        for reason, count in sorted(survey.others.items()):
            yield f"- {reason}: {count:,}"
        calls = Counter[str]()
        for (operation, _), count in survey.calls.items():
            calls[operation] += count
        named = ", ".join(f"{count:,} of {operation}" for operation, count in sorted(calls.items()))
        yield f"- calls: {calls.total():,}" + (f" ({named})" if named else "")
        yield f"- Rekognition: {self.place.price(self.dollars)}"
        yield f"- time: {self.place.time(survey.to_do / rate, rate)}"
        if self.kept_days is not None:
            yield f"- results are kept for {self.kept_days:,} days: see RetentionDays"
        if self.ceiling and added_cost({}, self.used) + self.dollars > self.ceiling:
            yield f"- the run ends when the month has cost ${self.ceiling:g}: see MonthlyBillingCeiling"


@dataclass
class Report:
    """What a run has done so far."""

    recognized: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # by reason
    others: Counter[str] = field(default_factory=Counter)  # likewise: images that weren't to be recognized
    billed_calls: int = 0
    analyses: Counter[str] = field(default_factory=Counter)  # by price group
    waiting: int = 0  # started, but without an end yet
    calls_to_come: int = 0  # at most, for those that wait: they are billed after the run
    seconds: float = 0.0

    def add(self, ending: Ending) -> None:
        """Count an image that has ended, or that isn't waited for any longer."""
        if ending.problem == UNFINISHED:
            self.waiting += 1
            self.calls_to_come += max(0, len(ending.selected.calls) - ending.billed_calls)
        elif ending.problem:
            counts = self.others if ending.problem == DELETED else self.failed
            counts[ending.problem] += 1
        else:
            self.recognized += 1
        self.billed_calls += ending.billed_calls
        # Of an image that failed, it isn't known which calls were billed: the first ones are assumed.
        calls = Counter(ending.selected.calls[: ending.billed_calls])
        self.analyses += count_analyses(calls)
        # An answer that got lost is billed as well.
        self.analyses["image"] += ending.billed_calls - calls.total()

    def skip(self, batch: Batch) -> None:
        """Count the images of a batch that aren't recognized."""
        self.others.update(batch.others)

    def lines(self, used: Mapping[str, int], place: Place) -> Iterator[str]:
        """Yield the report; `used` are the analyses of the month before the run, by price group."""
        yield f"Recognized: {self.recognized:,}"
        for reason, count in sorted(self.failed.items()):
            yield f"Failed ({reason}): {count:,}"
        if self.waiting:
            yield f"Not finished yet: {self.waiting:,}"
        for reason, count in sorted(self.others.items()):
            yield f"{reason[0].upper()}{reason[1:]}: {count:,}"
        yield f"Billed calls: {self.billed_calls:,}"
        if self.calls_to_come:
            more = "more call" if self.calls_to_come == 1 else "more calls"
            yield f"Up to {self.calls_to_come:,} {more} for those not finished"
        yield f"Rekognition: {place.price(added_cost(used, self.analyses))}"
        yield f"Duration: {duration(self.seconds)}"
