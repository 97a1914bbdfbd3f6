"""Start, stop and delete models, and show what they cost: `make model`.

Like the page, this only writes the wanted status; the trainer brings it about within a minute. Without
TrainModels there is no trainer, so this command does what is left to do: stop models, and delete them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from catalog.catalog import Catalog
from catalog.model_records import MODEL_ID
from common.prices import PRICES
from common.time import format_rfc3339, now
from deploy.errors import DeploymentError
from deploy.model_steps import ModelSteps
from deploy.stack import require_deployed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from catalog.model_records import ModelRecord, ModelStatus
    from catalog.models import Models
    from deploy.environments import Environment
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
_NOT_USED = ("AccessDenied", "AccessDeniedException")
_COLUMNS = ("ID", "NAME", "OWNER", "STATUS", "RUNNING SINCE", "TRAINING", "THIS RUN")


def check_arguments(environment: Environment, action: str = "", model: str = "") -> None:
    """Raise DeploymentError unless `action` is one, and has a model if it needs one."""
    if action != STATUS and (action not in _ACTIONS or not model):
        command = environment.command("model")
        actions = "|".join(_ACTIONS)
        raise DeploymentError(
            f"Run {command} ACTION={STATUS}, or {command} ACTION={actions} MODEL=…, with its name or id."
        )


def main(
    target: Target,
    action: str,
    model: str = "",
    clock: Callable[[], datetime] = now,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Act on one model, given by name or id, or show all; return the exit code."""
    stack = require_deployed(target)
    catalog = stack_catalog(target, stack)
    models = catalog.models
    if not trains_models(stack) and action != STATUS and (action == "start" or not models.all()):
        raise DeploymentError(
            f"People can't train models in the stack {stack.name}. To let them, run "
            f'{target.environment.command("deploy")} SET="TrainModels=true".'
        )
    if action == STATUS:
        print("\n".join(_table(models.all(), clock())))
        return 0
    status, allowed = _ACTIONS[action]
    steps = None if trains_models(stack) else ModelSteps(target, stack, catalog, sleep)
    if steps and allowed:
        allowed = (*allowed, status)  # what the trainer has begun, or an interrupted run
    found = models.all() if model == ALL and action != "start" else [_find(models, model)]
    begun = []
    for each in found:
        if changed := models.change(each, if_status=allowed, status=status, message=None):
            print(f"{each.name} ({each.id}): {status}")
            begun.append(changed)
        elif model != ALL:
            raise DeploymentError(f"The model {each.name} is {each.status}, so you can't {action} it.")
    if steps:
        _try_each(begun, lambda model: _finish(steps, model))
    return 0


def _try_each(models: Iterable[ModelRecord], step: Callable[[ModelRecord], None]) -> None:
    """Take a step for each model. Raises DeploymentError at the end if it failed for some."""
    errors = []
    for model in models:
        try:
            step(model)
        except DeploymentError as error:
            errors.append(str(error))
    if errors:
        raise DeploymentError("\n".join(errors))


def _finish(steps: ModelSteps, model: ModelRecord) -> None:
    if model.status == "deleting":
        steps.delete(model)
        print(f"{model.name} ({model.id}): deleted")
    else:
        steps.stop(model)
        print(f"{model.name} ({model.id}): stopped")


def trains_models(stack: Stack) -> bool:
    """Return whether people can train models in a stack."""
    return stack.parameters.get("TrainModels") == "true"


def stack_catalog(target: Target, stack: Stack) -> Catalog:
    """Return the catalog of a stack."""
    return Catalog(target.session.resource("dynamodb").Table(stack.output("CatalogTableName")))


def delete_owned_models(target: Target, stack: Stack, owner: str) -> int:
    """Delete an owner's models, or let the trainer do it; return their number. Raises DeploymentError."""
    catalog = stack_catalog(target, stack)
    found = [catalog.models.change(model, status="deleting") for model in catalog.models.of_owner(owner)]
    deleted = [model for model in found if model]
    if not trains_models(stack):
        _try_each(deleted, ModelSteps(target, stack, catalog).delete)
    return len(deleted)


def require_no_models(target: Target, stack: Stack | None, command_name: str = "delete") -> None:
    """Raise DeploymentError if models would outlive the stack or its trainer, and perhaps go on to cost.

    `command_name` is the command that would remove it. `stack` is None if it is deleted already.
    """
    if stack and not stack.was_deployed:
        return
    again = target.environment.command(command_name)
    left = _recorded_models(target, stack) if stack else []
    price = PRICES["rekognition"]["inferenceHour"]
    if left:
        names = ", ".join(f"{model.name} ({model.status})" for model in left)
        command = target.environment.command("model")
        raise DeploymentError(
            f"The stack {target.stack_name} has models in Rekognition, which would stay, and cost "
            f"${price:g} an hour while they run: {names}. Delete them with {command} ACTION=delete "
            f"MODEL={ALL}, wait until {command} ACTION={STATUS} lists none, then run {again} again."
        )
    if projects := _projects(target, stack):
        raise DeploymentError(
            f"Rekognition has projects of the stack {target.stack_name} of which it has no record, and "
            f"whose models cost ${price:g} an hour while they run: {', '.join(projects)}. Delete them in the "
            f"console of Rekognition Custom Labels, then run {again} again."
        )


def _recorded_models(target: Target, stack: Stack) -> list[ModelRecord]:
    if "CatalogTableName" not in stack.outputs:
        return []
    try:
        return stack_catalog(target, stack).models.all()
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return []  # the table is deleted, after the models


def _projects(target: Target, stack: Stack | None) -> list[str]:
    """Return the names of Rekognition's projects that are named like those of the stack's models."""
    client = target.session.client("rekognition")
    try:
        found = [
            project["ProjectArn"].split("/")[1]
            for page in client.get_paginator("describe_projects").paginate()
            for project in page["ProjectDescriptions"]
            if project.get("Status") != "DELETING"
        ]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_USED or (stack and trains_models(stack)):
            raise
        return []  # whoever deploys doesn't use Custom Labels
    prefix = f"{target.stack_name}-"
    return [name for name in found if name.startswith(prefix) and MODEL_ID.fullmatch(name, len(prefix))]


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
