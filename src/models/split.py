"""The division of a model's pictures into those to train with and those to test with."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_TEST_SHARE = 0.2


def split(images: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Return which pictures to test with, given the classes of each picture by its id.

    Of each class, about a fifth of the pictures, and at least one if it has two, unless that would leave
    nothing to train another class with. The same pictures are always divided alike: a hash of the id decides.
    Rare classes choose first, because a picture with several classes counts for each of them.
    """
    total = Counter(name for classes in images.values() for name in set(classes))
    wanted = {name: max(round(count * _TEST_SHARE), min(1, count - 1)) for name, count in total.items()}
    chosen: set[str] = set()
    taken = Counter[str]()
    ordered = sorted(images, key=_digest)
    for name in sorted(total, key=lambda name: (total[name], name)):
        having = [each for each in ordered if name in images[each] and each not in chosen]
        for is_strict in (True, False):  # first those that are too many for no other class
            for each in having:
                if taken[name] >= wanted[name]:
                    break
                classes = set(images[each])
                is_spare = all(taken[other] + 1 < total[other] for other in classes)
                fits = all(taken[other] < wanted[other] for other in classes)
                if each not in chosen and is_spare and (fits or not is_strict):
                    chosen.add(each)
                    taken.update(classes)
    return frozenset(chosen)


def _digest(image_id: str) -> bytes:
    return hashlib.sha256(image_id.encode()).digest()
