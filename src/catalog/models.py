"""Models in the table: the API asks for a status, and the trainer, which leases a model, brings it about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalog.keys import MODELS_PARTITION, model_details_key, model_key, model_range
from catalog.model_records import WrongImage, attributes, from_item, to_item

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catalog.model_records import ModelRecord, ModelStatus
    from catalog.table import Table

_EXISTS = "attribute_exists(pk)"


class Models:
    """Reads and changes models. Every method but the reading ones can raise TableBusy."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> list[ModelRecord]:
        """Return every owner's models."""
        return [from_item(item) for item in self._table.query_all(MODELS_PARTITION)]

    def of_owner(self, owner: str) -> list[ModelRecord]:
        """Return an owner's models."""
        items = self._table.query_all(MODELS_PARTITION, between=model_range(owner))
        return [from_item(item) for item in items]

    def get(self, owner: str, model_id: str) -> ModelRecord | None:
        """Return an owner's model."""
        item = self._table.get(model_key(owner, model_id))
        return from_item(item) if item else None

    def create(self, model: ModelRecord) -> bool:
        """Write a new model. Return False if its id is taken."""
        is_new, _ = self._table.put(to_item(model), "attribute_not_exists(pk)")
        return is_new

    def change(
        self, model: ModelRecord, *, if_status: tuple[ModelStatus, ...] = (), **changes: Any
    ) -> ModelRecord | None:
        """Set fields of a model, or remove those that are None. Return the model as it is then.

        Return None, without changing it, if it is gone or has none of the statuses, if any are given.
        """
        found = attributes(**changes)
        removed = [f"#{name}" for name, value in found.items() if value is None]
        kept = {name: value for name, value in found.items() if value is not None}
        expression = " ".join(
            f"{verb} {', '.join(parts)}"
            for verb, parts in (("SET", [f"#{name} = :{name}" for name in kept]), ("REMOVE", removed))
            if parts
        )
        statuses = {f":if{number}": status for number, status in enumerate(sorted(if_status))}
        condition = f"{_EXISTS} AND #status IN ({', '.join(statuses)})" if statuses else _EXISTS
        values = {f":{name}": value for name, value in kept.items()} | statuses
        is_changed, item = self._table.update(
            model_key(model.owner, model.id), expression, values, condition=condition
        )
        return from_item(item) if is_changed else None

    def lease(self, model: ModelRecord, lease_owner: str, seconds: int) -> ModelRecord | None:
        """Lease a model, or renew its lease, so that no other invocation works on it.

        Return the model as it is; None if another one has it leased, or it is gone.
        """
        now = self._table.now()
        is_leased, item = self._table.update(
            model_key(model.owner, model.id),
            "SET leaseOwner = :owner, leasedUntil = :until",
            {":owner": lease_owner, ":until": now + seconds, ":now": now},
            condition=f"{_EXISTS} AND (attribute_not_exists(leaseOwner) OR leaseOwner = :owner "
            "OR leasedUntil <= :now)",
        )
        return from_item(item) if is_leased else None

    def release(self, model: ModelRecord, lease_owner: str) -> None:
        """End a lease, if it is this owner's."""
        self._table.update(
            model_key(model.owner, model.id),
            "REMOVE leaseOwner, leasedUntil",
            {":owner": lease_owner},
            condition="leaseOwner = :owner",
        )

    def delete(self, model: ModelRecord) -> None:
        """Delete a model whose status is `deleting`, which it never leaves, and what it got wrong."""
        keys = model_details_key(model.owner, model.id), model_key(model.owner, model.id)
        self._table.batch_write(delete=keys)

    def put_wrong(self, model: ModelRecord, wrong: Iterable[WrongImage]) -> None:
        """Store what a model got wrong, apart from its record, which is read every minute."""
        images = [{"id": each.id, "expected": each.expected, "found": each.found} for each in wrong]
        # in UTF-8: escaped, names in other alphabets could exceed the 400 KB of an item
        document = json.dumps(images, separators=(",", ":"), ensure_ascii=False)
        self._table.put({**model_details_key(model.owner, model.id), "wrong": document})

    def wrong(self, model: ModelRecord) -> list[WrongImage]:
        """Return what a model got wrong."""
        item = self._table.get(model_details_key(model.owner, model.id)) or {}
        return [
            WrongImage(each["id"], tuple(each["expected"]), tuple(each["found"]))
            for each in json.loads(item.get("wrong", "[]"))
        ]
