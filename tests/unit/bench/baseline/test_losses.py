"""What is lost, silent or billed again."""

from __future__ import annotations

from collections import Counter

from bench.baseline.losses import Losses, count_losses
from bench.chaos.engine import CONVERTED
from bench.chaos.plan import Upload

DONE = [Upload(number, "jpeg", "alice", "done") for number in range(3)]
BROKEN = Upload(3, "truncated", "alice", "broken")


def test_counts_pictures_and_other_files_apart() -> None:
    answered = Counter({("DetectLabels", "a"): 3, ("DetectLabels", CONVERTED): 5, ("DetectText", "a"): 9})
    assert count_losses([*DONE, BROKEN], [DONE[0], BROKEN], answered, 4) == Losses(
        pictures=3,
        lost=1,
        files=1,
        silent=1,
        repeated=2 + 1,
    )
