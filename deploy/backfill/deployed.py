"""`make backfill` and `make reprocess`, on a deployed stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.backfill.command import backfill_images, reprocess_images
from deploy.backfill.options import Options, backfill_options
from deploy.backfill.owner import find_owner
from deploy.backfill.place import Deployed
from deploy.backfill.services import connect
from deploy.stack import require_deployed

if TYPE_CHECKING:
    from deploy.environments import Environment
    from deploy.stack import Stack
    from deploy.target import Target


def check_backfill(
    environment: Environment, source: str = "", owner: str = "", share: str = "", confirm: str = ""
) -> None:
    """Raise DeploymentError if a value is missing or can't be meant."""
    backfill_options(environment.command("backfill"), source, owner, share, confirm)


def backfill(target: Target, source: str, owner: str, share: str = "", confirm: str = "") -> int:
    """Recognize the pictures of the source bucket where they lie; return the exit code."""
    command = target.environment.command("backfill")
    options = backfill_options(command, source, owner, share, confirm)
    stack = require_deployed(target)
    services = connect(target.session, stack.parameters, stack.outputs)
    name = find_owner(target, stack, owner, services)
    return backfill_images(services, options, name, _place(target, stack), command)


def check_reprocess(
    _: Environment, owner: str = "", search: str = "", share: str = "", confirm: str = ""
) -> None:
    """Raise DeploymentError if a value can't be meant."""
    Options(owner, search, share=share, confirm=confirm).check()


def reprocess(target: Target, owner: str = "", search: str = "", share: str = "", confirm: str = "") -> int:
    """Recognize images again whose results lack something; return the exit code."""
    options = Options(owner, search, share=share, confirm=confirm)
    stack = require_deployed(target)
    services = connect(target.session, stack.parameters, stack.outputs)
    name = find_owner(target, stack, owner, services) if owner else None
    command = target.environment.command("reprocess")
    return reprocess_images(services, options, name, _place(target, stack), command)


def _place(target: Target, stack: Stack) -> Deployed:
    return Deployed(f"the stack {stack.name} in {target.region}", target.environment)
