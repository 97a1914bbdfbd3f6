"""Model records: what the catalog knows about a model that is trained on an owner's pictures."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from catalog.keys import from_model_key, model_key
from catalog.terms import fold
from common.prices import PRICES
from common.time import format_rfc3339, parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

ModelKind = Literal["classification", "detection"]
Scope = Literal["owner", "stack"]
ModelStatus = Literal[
    "preparing",  # its pictures are copied for Rekognition, which imports them
    "training",
    "stopped",  # trained, and not running
    "starting",
    "running",
    "stopping",
    "failed",  # before or in its training; the message says why
    "deleting",
]
# What the trainer has to do something about; a model with another status waits for its owner.
ACTIVE_STATUSES: frozenset[ModelStatus] = frozenset(
    ("preparing", "training", "starting", "running", "stopping", "deleting")
)
MODEL_ID = re.compile("[0-9a-f]{16}")


@dataclass(frozen=True)
class ClassEvaluation:
    """How well a class was recognized in the test pictures: numbers from 0 to 1, and numbers of pictures."""

    name: str
    precision: float
    recall: float
    f1: float
    threshold: float
    training: int
    test: int


@dataclass(frozen=True)
class WrongImage:
    """A test picture in which other classes were found than its owner says."""

    id: str
    expected: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """How well a model recognizes pictures that it wasn't trained with."""

    f1: float
    classes: tuple[ClassEvaluation, ...] = ()


@dataclass(frozen=True)
class ModelRecord:
    """A model. The numbers of images are 0 until its pictures are chosen.

    `training_seconds` are those that are billed. `project` and `version` are ARNs.
    """

    owner: str
    id: str
    name: str
    kind: ModelKind
    classes: tuple[str, ...]
    scope: Scope
    status: ModelStatus
    created_at: datetime
    training_images: int = 0
    test_images: int = 0
    message: str | None = None
    evaluation: Evaluation | None = None
    training_since: datetime | None = None
    training_seconds: int = 0
    running_since: datetime | None = None
    project: str | None = None
    version: str | None = None

    @property
    def active_owner(self) -> str | None:
        """The owner whose active model it can be; None for the stack's."""
        return None if self.scope == "stack" else self.owner

    def training_cost(self, time: datetime) -> float:
        """Return the dollars of the training until a time, at list price: as billed, once it has ended."""
        seconds: float = self.training_seconds
        if self.training_since and self.status == "training":
            seconds = (time - self.training_since).total_seconds()
        return _cost("trainingHour", seconds)

    def running_cost(self, time: datetime) -> float:
        """Return the dollars of the current run until a time, at list price, with one inference unit."""
        return _cost(
            "inferenceHour", (time - self.running_since).total_seconds() if self.running_since else 0
        )


def _cost(price: str, seconds: float) -> float:
    cost: float = PRICES["rekognition"][price] * seconds / 3600
    return round(cost, 2)


def new_model_id(owner: str, name: str) -> str:
    """Return a model's id: the same for the same name of an owner, so that a name can't be taken twice."""
    return hashlib.sha256(f"{owner}/{fold(name)}".encode()).hexdigest()[:16]


def to_item(model: ModelRecord) -> dict[str, Any]:
    """Return a model's table item. Attributes without a value are left out."""
    item = {
        **model_key(model.owner, model.id),
        "name": model.name,
        "kind": model.kind,
        "classes": list(model.classes),
        "scope": model.scope,
        "createdAt": format_rfc3339(model.created_at),
        **attributes(
            status=model.status,
            training_images=model.training_images,
            test_images=model.test_images,
            message=model.message,
            evaluation=model.evaluation,
            training_since=model.training_since,
            training_seconds=model.training_seconds,
            running_since=model.running_since,
            project=model.project,
            version=model.version,
        ),
    }
    return {name: value for name, value in item.items() if value is not None}


def attributes(**changes: Any) -> dict[str, Any]:
    """Return the attributes of changed fields; None for those to remove."""
    return {_ATTRIBUTES[name]: _to_attribute(value) for name, value in changes.items()}


def from_item(item: Mapping[str, Any]) -> ModelRecord:
    """Return the model of a table item."""
    owner, model_id = from_model_key(item)
    return ModelRecord(
        owner=owner,
        id=model_id,
        name=item["name"],
        kind=item["kind"],
        classes=tuple(item["classes"]),
        scope=item["scope"],
        status=item["status"],
        created_at=parse_rfc3339(item["createdAt"]),
        training_images=int(item.get("trainingImages", 0)),
        test_images=int(item.get("testImages", 0)),
        message=item.get("message"),
        evaluation=_parse_evaluation(item["evaluation"]) if "evaluation" in item else None,
        training_since=_time(item, "trainingSince"),
        training_seconds=int(item.get("trainingSeconds", 0)),
        running_since=_time(item, "runningSince"),
        project=item.get("project"),
        version=item.get("version"),
    )


def evaluation_body(evaluation: Evaluation) -> dict[str, Any]:
    """Return an evaluation as the API represents it, without the pictures."""
    return {
        "f1": evaluation.f1,
        "classes": [
            {
                "name": each.name,
                "precision": each.precision,
                "recall": each.recall,
                "f1": each.f1,
                "threshold": each.threshold,
                "images": {"training": each.training, "test": each.test},
            }
            for each in evaluation.classes
        ],
    }


_ATTRIBUTES = {
    "status": "status",
    "training_images": "trainingImages",
    "test_images": "testImages",
    "message": "message",
    "evaluation": "evaluation",
    "training_since": "trainingSince",
    "training_seconds": "trainingSeconds",
    "running_since": "runningSince",
    "project": "project",
    "version": "version",
}


def _to_attribute(value: Any) -> Any:
    if isinstance(value, Evaluation):  # as text, because DynamoDB has no floats
        return json.dumps(evaluation_body(value), separators=(",", ":"))
    return format_rfc3339(value) if hasattr(value, "tzinfo") else value


def _parse_evaluation(text: str) -> Evaluation:
    document = json.loads(text)
    classes = [
        ClassEvaluation(
            each["name"],
            each["precision"],
            each["recall"],
            each["f1"],
            each["threshold"],
            each["images"]["training"],
            each["images"]["test"],
        )
        for each in document["classes"]
    ]
    return Evaluation(document["f1"], tuple(classes))


def _time(item: Mapping[str, Any], name: str) -> datetime | None:
    return parse_rfc3339(item[name]) if name in item else None
