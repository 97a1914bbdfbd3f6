"""Start, stop and delete models, and show what they cost: `make model`.

Like the page, this only writes the wanted status; the trainer brings it about within a minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.catalog import Catalog
from common.prices import PRICES
from common.time import format_rfc3339, now
from deploy.errors import DeploymentError
from deploy.stack import require_deployed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from catalog.model_records import ModelRecord, ModelStatus
    from catalog.models import Models
    from deploy.stack import Stack
    from deploy.target import Target

ALL = "all"
STATUS = "status"
# By action: the status that a model gets, and those that it may have before; any if there are none
_ACTIONS: dict[str, tuple[ModelStatus, tuple[ModelStatus, ...]]] = {
    "start": ("starting", ("stopped",)),
    "stop": ("stopping", ("running", "starting")),
    "delete": ("deleting", ()),
}
_COLUMNS = ("ID", "NAME", "OWNER", "STATUS", "RUNNING SINCE", "TRAINING", "THIS RUN")


def main(target: Target, action: str = "", model: str = "", clock: Callable[[], datetime] = now) -> int:
    """Act on one model, given by name or id, or show all; return the exit code."""
    stack = require_deployed(target)
    if not trains_models(stack):
        raise DeploymentError(
            f"People can't train models in the stack {stack.name}. To let them, run "
            f'{target.environment.command("deploy")} SET="TrainModels=true".'
        )
    models = stack_models(target, stack)
    if action == STATUS:
        print("\n".join(_table(models.all(), clock())))
        return 0
    if action not in _ACTIONS or not model:
        command = target.environment.command("model")
        actions = "|".join(_ACTIONS)
        raise DeploymentError(
            f"Run {command} ACTION={STATUS}, or {command} ACTION={actions} MODEL=…, with its name or id."
        )
    status, allowed = _ACTIONS[action]
    found = models.all() if model == ALL and action != "start" else [_find(models, model)]
    for each in found:
        changed = models.change(each, if_status=allowed, status=status)
        if changed:
            print(f"{each.name} ({each.id}): {status}")
        elif model != ALL:
            raise DeploymentError(f"The model {each.name} is {each.status}, so you can't {action} it.")
    return 0


def trains_models(stack: Stack) -> bool:
    """Return whether people can train models in a stack."""
    return stack.parameters.get("TrainModels") == "true"


def stack_models(target: Target, stack: Stack) -> Models:
    """Return the models in the catalog of a stack."""
    return Catalog(target.session.resource("dynamodb").Table(stack.output("CatalogTableName"))).models


def require_no_models(target: Target, stack: Stack, command_name: str = "delete") -> None:
    """Raise DeploymentError if models would outlive the stack's trainer, and perhaps go on to cost.

    `command_name` is the command that would remove it.
    """
    left = stack_models(target, stack).all() if trains_models(stack) and stack.was_deployed else []
    if left:
        names = ", ".join(f"{model.name} ({model.status})" for model in left)
        command = target.environment.command("model")
        price = PRICES["rekognition"]["inferenceHour"]
        raise DeploymentError(
            f"The stack {stack.name} has models in Rekognition, which would stay, and cost ${price:g} an "
            f"hour while they run: {names}. Delete them with {command} ACTION=delete MODEL={ALL}, wait until "
            f"{command} ACTION={STATUS} lists none, then run "
            f"{target.environment.command(command_name)} again."
        )


def _find(models: Models, name_or_id: str) -> ModelRecord:
    found = [model for model in models.all() if name_or_id in (model.id, model.name)]
    if len(found) == 1:
        return found[0]
    if found:
        owners = ", ".join(f"{model.id} of {model.owner}" for model in found)
        raise DeploymentError(f"Several people have a model {name_or_id}. Give its id: {owners}.")
    raise DeploymentError(f"There is no model {name_or_id}.")


def _table(models: Sequence[ModelRecord], time: datetime) -> list[str]:
    """Return the lines of a table; the dollars are at list prices."""
    rows = [_COLUMNS, *(_row(model, time) for model in sorted(models, key=lambda model: model.created_at))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    total = sum(model.running_cost(time) for model in models)
    return [*(line.rstrip() for line in lines), f"What runs has cost ${total:.2f} so far."]


def _row(model: ModelRecord, time: datetime) -> tuple[str, ...]:
    since = format_rfc3339(model.running_since) if model.running_since else "-"
    costs = (f"${model.training_cost(time):.2f}", f"${model.running_cost(time):.2f}")
    return (model.id, model.name, model.owner, model.status, since, *costs)
