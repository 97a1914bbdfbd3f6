"""What DynamoDB takes: a picture's whole life, many pictures of one owner, and many owners."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from bench.catalog import life, owners
from bench.catalog.growth import QUICK_SIZES, SIZES, Growth
from bench.catalog.searches import table_lines
from bench.figures import Figure, Section
from local.settings import use_local_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.catalog.requests import Total

_USUAL = life.Size(labels=30)
_OWNERS, _QUICK_OWNERS = 1000, 30
_MAX_UNITS = 43  # of a picture until it is done, as in decision 23


def measure(*, quick: bool) -> Section:
    """Measure on moto, and on a stand-in for a large table."""
    use_local_credentials(os.environ)
    lives = {size: life.measure(size) for size in ((_USUAL,) if quick else life.SIZES)}
    usual = lives[_USUAL]
    until_done = sum(usual[step].write for step in ("uploaded", "recognized"))
    growth = Growth(QUICK_SIZES if quick else SIZES, usual["deleted"].write)
    count = _QUICK_OWNERS if quick else _OWNERS
    one, _ = owners.measure(1)
    many, shared = owners.measure(count)
    figures = (
        Figure("write units of a picture with 30 labels", (until_done,), limit=_MAX_UNITS, decimals=0),
        *growth.figures(),
        Figure(f"units of a picture, {count:,} owners / 1", (many.write / count / one.write,), limit=1.0),
        Figure(
            f"requests of a picture, {count:,} owners / 1",
            (many.requests / count / one.requests,),
            limit=1.0,
        ),
        Figure("items that all owners write", (len(shared),), limit=1, decimals=0),
    )
    details = [*_life_lines(usual), ""]
    if not quick:
        growth.draw()
        details += [*_size_lines(lives), ""]
    details += [*growth.lines(), "", f"all owners write: {', '.join(sorted(shared))}"]
    if not quick:
        details += ["", *table_lines(growth.searches)]
    return Section(figures, tuple(details))


def _life_lines(usual: Mapping[str, Total]) -> Iterator[str]:
    yield f"{'a picture with 30 labels is':36}{'requests':>10}{'write units':>13}{'read units':>12}"
    for step, total in usual.items():
        yield f"{step:36}{total.requests:10}{total.write:13g}{total.read:12g}"


def _size_lines(lives: Mapping[life.Size, Mapping[str, Total]]) -> Iterator[str]:
    yield f"{'labels':>8}{'other terms':>13}{'write units until done':>24}{'of its deletion':>17}"
    for size, steps in lives.items():
        done = steps["uploaded"].write + steps["recognized"].write
        yield f"{size.labels:8}{size.others:13}{done:24g}{steps['deleted'].write:17g}"
