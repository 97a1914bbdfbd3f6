"""Where the processor and a reference decoder disagree about a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.corpus.reduction import Difference, compare
from bench.corpus.references import PARTIAL, UNREADABLE, WHOLE, Rendering
from bench.corpus.verdict import DONE, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from bench.corpus.bounded import Call

MAX_SECONDS = 30.0  # half the processor's timeout would be left for the detectors
MAX_MEGABYTES = 1769  # the processor's memory, MemorySize in template.yaml
# Two right decoders differ by 2 or 3: they round, and scale chroma, differently. A wrong profile, gamma or
# transparency moves the mean by more than this. A single pixel of a reduction differs more at a sharp edge.
MAX_MEAN = 4.0
MAX_DIFFERENCE = 48
_DENIED = ("broken", "not-an-image")  # what must not be said of a file that others read


@dataclass(frozen=True)
class Row:
    """All that is known about a file: the processor's call, and a reference's rendering if there is one."""

    call: Call[Path, Verdict]
    rendering: Rendering | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict, or the failure of the process that was to find it."""
        return self.call.value or Verdict(self.call.failure.partition(":")[0], self.call.failure)

    @property
    def difference(self) -> Difference | None:
        """The difference of the colors, or None if they can't be compared."""
        if self.verdict.reduction is None or self.rendering is None or self.rendering.reduction is None:
            return None
        return compare(self.verdict.reduction, self.rendering.reduction)

    @property
    def disagreement(self) -> str:
        """What is wrong, or "" if nothing is."""
        return self._over_a_limit() or self._differs()

    @property
    def is_over_limit(self) -> bool:
        """Return whether the file crashes the processor, or takes too long or too much memory."""
        return bool(self._over_a_limit())

    def _over_a_limit(self) -> str:
        if self.call.failure:
            return self.call.failure
        if self.call.seconds > MAX_SECONDS:
            return f"takes {self.call.seconds:.0f} s"
        if self.call.megabytes > MAX_MEGABYTES or self.verdict.cause.startswith("MemoryError"):
            return f"takes {self.call.megabytes} MB or more"
        return ""

    def _differs(self) -> str:
        verdict, shown = self.verdict, self.rendering
        if shown is None:
            return ""
        if verdict.code in _DENIED:
            return {WHOLE: "read by the reference", PARTIAL: "read in part"}.get(shown.status, "")
        if verdict.code != DONE:
            return ""
        if shown.status == UNREADABLE:
            return "not read by the reference"
        if shown.status == PARTIAL:  # its missing pixels aren't comparable
            return ""
        if (verdict.width, verdict.height) != (shown.width, shown.height):
            return f"size: {shown.width}×{shown.height} in the reference"
        difference = self.difference
        if difference and (difference.mean > MAX_MEAN or difference.maximum > MAX_DIFFERENCE):
            return f"colors: mean {difference.mean}, maximum {difference.maximum}"
        return ""
