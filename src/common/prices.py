"""AWS's prices, from one dated table: `prices.json`, in dollars without tax.

`rekognition` has two price groups. A call of any detector is an analysis in the group `image`, and one that
measures image properties is an analysis in the group `properties`. Each group has tiers: the number of
analyses in a month up to which a price applies, null for the last. Custom labels are billed by the hour while
their model runs, and not by call.

The other groups are for `make cost`: the price of one of each, or tiers likewise. `free` is an account's
always-free allowance of a month; `unconfirmed` lists what was found in one place only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PRICES: Mapping[str, Any] = json.loads(Path(__file__).with_name("prices.json").read_text(encoding="utf-8"))
GROUPS = ("image", "properties")


def rekognition_cost(analyses: Mapping[str, int]) -> float:
    """Return the dollars that a month's analyses cost, given by price group."""
    return sum(tiered_cost(PRICES["rekognition"][group], count) for group, count in analyses.items())


def tiered_cost(tiers: Sequence[tuple[int | None, float]], count: float) -> float:
    """Return the dollars that a number of units costs, with tiers as in the table."""
    cost, start = 0.0, 0
    for end, price in tiers:
        in_tier = count - start if end is None else min(count, end) - start
        cost += max(in_tier, 0) * price
        if end is None or count <= end:
            break
        start = end
    return cost
