"""Active models: the custom model for the new pictures of an owner, and the one of the whole stack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from catalog.keys import active_model_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from catalog.table import Item, Table

State = Literal["running", "stopped"]

_USE_SECONDS = 60  # between two writes of a model's use; a model is stopped after minutes without one
_IS_MODEL = "modelId = :modelId"


@dataclass(frozen=True)
class ActiveModel:
    """An active model: its version's ARN, and when a picture was last recognized with it (epoch seconds)."""

    model_id: str
    arn: str
    state: State
    used_at: int


class ActiveModels:
    """Reads and changes the active models. For the owner None, it is the stack's. Thread-safe."""

    def __init__(self, table: Table, clock: Callable[[], datetime]) -> None:
        self._table = table
        self._clock = clock

    def for_owner(self, owner: str) -> ActiveModel | None:
        """Return the model for an owner's new pictures: their own or else the stack's, perhaps seconds old.

        Raises TableBusy.
        """
        keys = active_model_key(owner), active_model_key(None)
        items = {item["pk"]: item for item in self._table.get_many(keys, consistent=False)}
        found = [items[key["pk"]] for key in keys if key["pk"] in items]
        return _model(found[0]) if found else None

    def get(self, owner: str | None) -> ActiveModel | None:
        """Return the model of an owner or of the stack."""
        item = self._table.get(active_model_key(owner))
        return _model(item) if item else None

    def set(self, owner: str | None, model: ActiveModel) -> None:
        """Make a model the active one, instead of another. Raises TableBusy."""
        attributes = {
            "modelId": model.model_id,
            "arn": model.arn,
            "state": model.state,
            "usedAt": model.used_at,
        }
        self._table.put({**active_model_key(owner), **attributes})

    def set_state(self, owner: str | None, model_id: str, state: State) -> bool:
        """Note that a model was started or stopped. Return whether it still is the active one.

        Raises TableBusy.
        """
        return self._update(owner, "SET #state = :state", {":modelId": model_id, ":state": state})

    def remove(self, owner: str | None, model_id: str) -> None:
        """Leave nothing active, if a model still is the active one."""
        self._table.delete(active_model_key(owner), _IS_MODEL, {":modelId": model_id})

    def note_use(self, owner: str | None, model: ActiveModel) -> None:
        """Note that an owner's model, their own or the stack's, is used: at most about once a minute.

        Raises TableBusy.
        """
        if self._now() - model.used_at < _USE_SECONDS:
            return
        is_noted = self.touch(owner, model.model_id)
        if not is_noted and owner is not None:
            self.touch(None, model.model_id)

    def touch(self, owner: str | None, model_id: str) -> bool:
        """Note that a model is used now. Return whether it still is the active one. Raises TableBusy."""
        values = {":modelId": model_id, ":now": self._now()}
        return self._update(owner, "SET usedAt = :now", values)

    def _update(self, owner: str | None, expression: str, values: Mapping[str, Any]) -> bool:
        key = active_model_key(owner)
        is_updated, _ = self._table.update(key, expression, values, condition=_IS_MODEL)
        return is_updated

    def _now(self) -> int:
        return int(self._clock().timestamp())


def _model(item: Item) -> ActiveModel:
    return ActiveModel(item["modelId"], item["arn"], item["state"], int(item["usedAt"]))
