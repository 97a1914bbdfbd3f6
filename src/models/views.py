"""Models as the API shows them, and the changes that people ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from catalog.model_records import MODEL_ID, ModelRecord, evaluation_body, new_model_id
from common.errors import InvalidDataset, ModelBusy, ModelExists, NotFound, NotPermitted
from common.logs import get_logger
from common.prices import PRICES
from common.time import format_rfc3339, now
from models.dataset import Dataset
from models.pictures import find_pictures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catalog.active_models import ActiveModel
    from catalog.catalog import Catalog
    from catalog.model_records import ModelStatus
    from common.settings import ModelsSettings
    from models.requests import ModelRequest

_RUNS: frozenset[ModelStatus] = frozenset(("starting", "running"))
_NOT_ADMIN = "Only members of the group of model administrators can make or change models for everyone."
_log = get_logger(__name__)


@dataclass(frozen=True)
class Person:
    """Who sends a request: an owner, who may be an administrator of the models of the whole stack."""

    owner: str
    is_admin: bool


class ModelService:
    """Reads models, and asks the trainer to make, start, stop or delete one."""

    def __init__(
        self, settings: ModelsSettings, catalog: Catalog, clock: Callable[[], datetime] = now
    ) -> None:
        self._idle_minutes = settings.model_idle_minutes
        self._catalog = catalog
        self._clock = clock

    def list_models(self, person: Person) -> dict[str, Any]:
        """Return the models that a person sees, newest first."""
        models = self._visible(person)
        active = {owner: self._catalog.active_models.get(owner) for owner in {m.active_owner for m in models}}
        newest_first = sorted(models, key=lambda model: (model.created_at, model.id), reverse=True)
        prices = PRICES["rekognition"]
        return {
            "models": [self._body(model, active[model.active_owner]) for model in newest_first],
            "prices": {"trainingHour": prices["trainingHour"], "runningHour": prices["inferenceHour"]},
            "idleMinutes": self._idle_minutes,
            "canUseScopeStack": person.is_admin,
            "active": self._active(person, models),
        }

    def view(self, person: Person, model_id: str) -> dict[str, Any]:
        """Return a model with the pictures that it got wrong. Raises NotFound."""
        model = self._get(person, model_id)
        body = self._body_now(model)
        if model.evaluation:
            wrong = self._catalog.models.wrong(model)
            body["evaluation"]["wrong"] = [
                {"id": each.id, "expected": list(each.expected), "found": list(each.found)} for each in wrong
            ]
        return body

    def estimate(self, person: Person, request: ModelRequest) -> dict[str, Any]:
        """Return what a model would be trained with, and cost. Raises NotPermitted."""
        return self._dataset(person, request).estimate()

    def create(self, person: Person, request: ModelRequest) -> dict[str, Any]:
        """Ask for a model. Raises NotPermitted, InvalidDataset or ModelExists."""
        problems = self._dataset(person, request).problems()
        if problems:
            raise InvalidDataset(problems[0].message)
        model = ModelRecord(
            owner=person.owner,
            id=new_model_id(person.owner, request.name),
            name=request.name,
            kind=request.kind,
            classes=request.classes,
            scope=request.scope,
            status="preparing",
            created_at=self._clock(),
        )
        if not self._catalog.models.create(model):
            raise ModelExists(
                f"You have a model “{request.name}” already. Choose another name, or delete it."
            )
        _log.info("model requested", extra={"model": model.id})
        return self._body(model, None)

    def start(self, person: Person, model_id: str) -> dict[str, Any]:
        """Ask for a model to be started. Raises NotFound or ModelBusy."""
        model = self._get_own(person, model_id)
        if model.status not in _RUNS:
            for other in self._catalog.models.all():
                is_rival = other.id != model.id and other.active_owner == model.active_owner
                if is_rival and other.status in _RUNS:
                    raise ModelBusy(f"The model “{other.name}” is running. Stop it first.")
            changes: Mapping[str, Any] = {"status": "starting", "message": None}
            model = self._change(model, "start", ("stopped",), changes)
        return self._body_now(model)

    def stop(self, person: Person, model_id: str) -> dict[str, Any]:
        """Ask for a model to be stopped. Raises NotFound or ModelBusy."""
        model = self._get_own(person, model_id)
        if model.status not in ("stopping", "stopped"):
            model = self._change(
                model, "stop", ("starting", "running"), {"status": "stopping", "message": None}
            )
        return self._body_now(model)

    def delete(self, person: Person, model_id: str) -> dict[str, Any]:
        """Ask for a model to be deleted. Raises NotFound."""
        model = self._get_own(person, model_id)
        changed = self._catalog.models.change(model, status="deleting", message=None)
        if changed is None:
            raise model_not_found()
        _log.info("model to be deleted", extra={"model": model.id})
        return self._body_now(changed)

    def _change(
        self, model: ModelRecord, verb: str, allowed: tuple[ModelStatus, ...], changes: Mapping[str, Any]
    ) -> ModelRecord:
        changed = self._catalog.models.change(model, if_status=allowed, **changes)
        if changed is None:
            current = self._catalog.models.get(model.owner, model.id)
            if current is None:
                raise model_not_found()
            raise ModelBusy(f"The model is {current.status}. You can {verb} it when it is {allowed[-1]}.")
        _log.info("model changed", extra={"model": model.id, "status": changed.status})
        return changed

    def _dataset(self, person: Person, request: ModelRequest) -> Dataset:
        if request.scope == "stack" and not person.is_admin:
            raise NotPermitted(_NOT_ADMIN)
        found = find_pictures(self._catalog.index, person.owner, request.kind, request.classes)
        return Dataset(request.kind, request.classes, found)

    def _visible(self, person: Person) -> list[ModelRecord]:
        if not person.is_admin:
            return self._catalog.models.of_owner(person.owner)
        return [
            model
            for model in self._catalog.models.all()
            if model.owner == person.owner or model.scope == "stack"
        ]

    def _active(self, person: Person, visible: list[ModelRecord]) -> list[dict[str, str]]:
        """Return the model whose labels a person's new images get, if it runs: it may be the stack's."""
        active = self._catalog.active_models.for_owner(person.owner)
        if active is None or active.state != "running":
            return []
        is_visible = any(model.id == active.model_id for model in visible)
        known = visible if is_visible else self._catalog.models.all()
        return [{"id": model.id, "name": model.name} for model in known if model.id == active.model_id]

    def _get(self, person: Person, model_id: str) -> ModelRecord:
        if MODEL_ID.fullmatch(model_id):
            model = self._catalog.models.get(person.owner, model_id)
            if model is None and person.is_admin:
                model = next((each for each in self._visible(person) if each.id == model_id), None)
            if model:
                return model
        raise model_not_found()

    def _get_own(self, person: Person, model_id: str) -> ModelRecord:
        """Return a model that the person may change. Raises NotFound, or NotPermitted."""
        model = self._get(person, model_id)
        if model.scope == "stack" and not person.is_admin:
            raise NotPermitted(_NOT_ADMIN)
        return model

    def _body_now(self, model: ModelRecord) -> dict[str, Any]:
        return self._body(model, self._catalog.active_models.get(model.active_owner))

    def _body(self, model: ModelRecord, active: ActiveModel | None) -> dict[str, Any]:
        """Return the API's `model`, without what it got wrong."""
        time = self._clock()
        is_active = active is not None and active.model_id == model.id
        used_at = (
            format_rfc3339(datetime.fromtimestamp(active.used_at, UTC)) if active and is_active else None
        )
        return {
            "id": model.id,
            "name": model.name,
            "kind": model.kind,
            "classes": [*model.classes],
            "scope": model.scope,
            "status": model.status,
            "isActive": is_active,
            "createdAt": format_rfc3339(model.created_at),
            "images": {"training": model.training_images, "test": model.test_images},
            "message": model.message,
            "evaluation": model.evaluation and evaluation_body(model.evaluation),
            "runningSince": model.running_since and format_rfc3339(model.running_since),
            "usedAt": used_at,
            "cost": {"training": model.training_cost(time), "running": model.running_cost(time)},
        }


def model_not_found() -> NotFound:
    """Return the same problem for a missing model and for another owner's."""
    return NotFound("This model doesn't exist. It may have been deleted.")
