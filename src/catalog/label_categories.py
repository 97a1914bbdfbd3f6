"""Label categories: Rekognition's category of each label, such as "Animals and Pets" of "Cat".

They are the same for all owners, so the stack has one item with the set of all labels and their categories.
It is written only when a label is found for the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from catalog.contention import TableBusy
from catalog.keys import LABEL_CATEGORIES_KEY
from catalog.terms import fold
from common.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catalog.table import Item, Table

_SEPARATOR = ": "  # between a category and its label

_log = get_logger(__name__)


def categories_of(labels: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the categories of those labels of a result that have one, by name."""
    found = {label["Name"]: label.get("Categories") for label in labels}
    return {name: categories[0]["Name"] for name, categories in found.items() if categories}


class LabelCategories:
    """Reads and adds categories. It keeps those that it has read. Thread-safe."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: Mapping[str, str] = {}  # categories by the folded label

    def find(self, labels: Iterable[str]) -> dict[str, str]:
        """Return the categories of labels, without those of labels that have none."""
        names = {label: fold(label) for label in labels}
        if not self._known.keys() >= set(names.values()):
            self._keep(self._table.get(LABEL_CATEGORIES_KEY) or {})
        return {label: self._known[name] for label, name in names.items() if name in self._known}

    def add(self, categories: Mapping[str, str]) -> None:
        """Add the categories of labels; a label that has one keeps it.

        An error is only logged: the next image with the label adds it.
        """
        try:
            found = self.find(categories)
            added = {label: category for label, category in categories.items() if label not in found}
            if added:
                members = {f"{category}{_SEPARATOR}{label}" for label, category in added.items()}
                _, item = self._table.update(LABEL_CATEGORIES_KEY, "ADD labels :labels", {":labels": members})
                self._keep(item)
        except (BotoCoreError, ClientError, TableBusy) as error:
            _log.warning("label categories not added", extra={"error": error})

    def _keep(self, item: Item) -> None:
        members = (member.partition(_SEPARATOR) for member in sorted(item.get("labels", ()), reverse=True))
        self._known = {fold(label): category for category, _, label in members}
