"""Run a command on a deployment: `python -m deploy COMMAND ENVIRONMENT [VALUE]`; the Makefile has them all.

An expected mistake or failure is one sentence on the standard error and exit code 1.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from deploy import clients, delete, deploy, erase, models, redrive, reindex, sam, users
from deploy.backfill import deployed
from deploy.environments import read_environment
from deploy.errors import DeploymentError, describe
from deploy.target import find_target
from local.site.bundle.syntax import PageError
from local.template.documents import DocumentError
from local.template.intrinsics import ResolutionError
from local.template.parameters import ParameterError
from local.template.template import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deploy.environments import Environment
    from deploy.target import Target

EXPLAINED = (DeploymentError, DocumentError, PageError, ParameterError, ResolutionError, TemplateError)
OFFLINE: dict[str, Callable[..., int]] = {"build": sam.build, "validate": sam.validate}
ONLINE: dict[str, Callable[..., int]] = {
    "deploy": deploy.main,
    "user": users.main,
    "client": clients.main,
    "erase": erase.main,
    "model": models.main,
    "logs": sam.logs,
    "redrive": redrive.main,
    "backfill": deployed.backfill,
    "reprocess": deployed.reprocess,
    "reindex": reindex.main,
    "delete": delete.main,
}
# What can be said about the values without an AWS account
CHECKS: dict[str, Callable[..., None]] = {
    "deploy": deploy.check_arguments,
    "user": users.check_arguments,
    "client": clients.check_arguments,
    "erase": erase.check_arguments,
    "model": models.check_arguments,
    "backfill": deployed.check_backfill,
    "reprocess": deployed.check_reprocess,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    command, environment, *values = arguments
    try:
        return _run(command, read_environment(environment), values)
    except EXPLAINED as error:
        print(error, file=sys.stderr)
    except (BotoCoreError, ClientError) as error:
        print(describe(error), file=sys.stderr)
    except KeyboardInterrupt:
        return 130  # as a shell reports it
    return 1


def _run(command: str, environment: Environment, values: Sequence[str]) -> int:
    if command in OFFLINE:
        return OFFLINE[command](environment, *values)
    if command in CHECKS:
        CHECKS[command](environment, *values)
    target: Target = find_target(environment)
    print(f"Region: {target.region} (from {target.region_source})")
    return ONLINE[command](target, *values)


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # SAM CLI writes to the same stream
    sys.exit(main(sys.argv[1:]))
