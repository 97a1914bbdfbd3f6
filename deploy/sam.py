"""SAM CLI's part of the commands: build, validate, deploy and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deploy.parameters import TEMPLATE, deployment_parameters
from deploy.stack import require_deployed
from local.cli.bytecode import compile_built
from local.cli.sam import offline_environment, parameter_overrides, run_sam, sam_environment
from local.template.documents import read_yaml_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deploy.environments import Environment
    from deploy.target import Target


def build(environment: Environment, overrides: str = "") -> int:
    """Build the functions, and return the exit code."""
    parameters = deployment_parameters(environment, overrides)
    options = ["--config-env", environment.name, *parameter_overrides(parameters)]
    return _build(options, offline_environment())


def validate(environment: Environment) -> int:
    """Run `sam validate --lint` and return its exit code. Raises DocumentError."""
    read_yaml_template(TEMPLATE)  # says in one sentence what SAM CLI says in five lines
    return run_sam(["validate", "--lint", "--config-env", environment.name], offline_environment())


def build_and_deploy(target: Target, parameters: Mapping[str, str], *, confirm: bool) -> int:
    """Build and deploy the stack with the same parameters; return the exit code of what fails, or 0."""
    options = [*target.sam_options(), *parameter_overrides(parameters)]
    if exit_code := _build(options, sam_environment()):
        return exit_code
    confirmation = "--confirm-changeset" if confirm else "--no-confirm-changeset"
    return run_sam(["deploy", *options, confirmation], sam_environment())


def logs(target: Target) -> int:
    """Follow the logs of the stack's functions."""
    require_deployed(target)
    options = ["--stack-name", target.stack_name, *target.sam_options()]
    return run_sam(["logs", *options, "--tail"], sam_environment())


def _build(options: Sequence[str], env: Mapping[str, str]) -> int:
    """Run `sam build`, and compile what it has built. Return the exit code of what fails, or 0."""
    return run_sam(["build", *options], env) or compile_built(env)
