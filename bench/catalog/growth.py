"""How the units of the most frequent requests grow with the pictures of an owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.catalog.collection import Collection
from bench.catalog.searches import measure_all
from bench.figures import Figure
from bench.plots import plot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.catalog.searches import Cost

SIZES = (100, 10_000, 100_000)
QUICK_SIZES = SIZES[:2]
FLAT = 1.1  # the goal
LIST, SEARCH, COUNTS, DELETION = "a page of the list", "a page of a label", "GET /labels", "a deletion"
_SEARCHES = {LIST: "no search", SEARCH: "label:person", COUNTS: "GET /labels"}
_LIMITS = {LIST: 1.05, SEARCH: 1.1, COUNTS: 1.2, DELETION: 1.15}
Costs = dict[str, "Cost"]  # by search


class Growth:
    """What requests take, by the number of pictures. `deletion` is that of a deletion, without its share."""

    def __init__(self, sizes: Sequence[int], deletion: float) -> None:
        self.searches: dict[int, Costs] = {}
        self._deletions: dict[int, float] = {}
        for size in sizes:
            collection = Collection(size)
            self.searches[size] = measure_all(collection)
            self._deletions[size] = deletion + collection.snapshot_units()

    def units(self, request: str) -> dict[int, float]:
        """Return the units of a request by the number of pictures."""
        if request == DELETION:
            return self._deletions
        return {size: costs[_SEARCHES[request]].units for size, costs in self.searches.items()}

    def figures(self) -> list[Figure]:
        """Return how much more the most pictures take than the fewest."""
        first, *_, last = self.searches
        return [
            Figure(
                f"{request}: units of {last:,} / {first:,} pictures",
                (self.units(request)[last] / self.units(request)[first],),
                goal=FLAT,
                limit=limit,
            )
            for request, limit in _LIMITS.items()
        ]

    def lines(self) -> list[str]:
        """Return a table of the units."""
        sizes = "".join(f"{size:>10,}" for size in self.searches)
        rows = [f"{'units by the pictures of an owner':36}{sizes}"]
        for request in _LIMITS:
            found = "".join(f"{units:10.1f}" for units in self.units(request).values())
            rows.append(f"{request:36}{found}")
        return rows

    def draw(self) -> None:
        """Draw the units."""
        with plot("catalog", "Units by the pictures of an owner", "pictures", "units") as axes:
            for request in _LIMITS:
                units: Mapping[int, float] = self.units(request)
                axes.plot(list(units), list(units.values()), marker="o", label=request)
            axes.set_xscale("log")
            axes.set_ylim(bottom=0)
