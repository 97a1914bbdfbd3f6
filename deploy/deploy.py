"""Build and deploy an environment's stack, and publish its page."""

from __future__ import annotations

import shutil
import sys
import time
from typing import TYPE_CHECKING

from deploy.abandoned_site import remove_abandoned_site
from deploy.buckets import bucket_url
from deploy.checks import require_event_bus, require_foreign_source, require_https_issuer, require_stack_name
from deploy.environments import ROOT
from deploy.errors import DeploymentError
from deploy.models import require_no_models
from deploy.page import CONFIG, bundle_page, page_config, read_page
from deploy.parameters import (
    AUDIENCES,
    changed_parameters,
    deployment_parameters,
    leave_audiences,
    require_rules,
    require_supported_region,
)
from deploy.sam import build_and_deploy
from deploy.site import Site
from deploy.stack import discard_declined_changes, find_stack, require_stack, require_updatable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deploy.environments import Environment
    from deploy.stack import Stack
    from deploy.target import Target
    from local.site.bundle.release import Page

BUILD = ROOT / "build"


def check_arguments(environment: Environment, overrides: str = "", confirmation: str = "") -> None:
    """Raise an error if the parameters or the confirmation can't be read."""
    deployment_parameters(environment, overrides)
    _parse_confirmation(confirmation, environment.confirms_changes)


def main(target: Target, overrides: str = "", confirmation: str = "") -> int:
    """Deploy with the parameters of samconfig.toml and `overrides`; return the exit code.

    `confirmation` is "yes" or "no" to ask before changes or not, or empty to do what samconfig.toml says.
    """
    confirm = _parse_confirmation(confirmation, target.environment.confirms_changes)
    parameters = deployment_parameters(target.environment, overrides)
    require_supported_region(target.region)
    require_rules(parameters, target.region)
    require_stack_name(target, parameters)
    require_https_issuer(parameters)
    require_foreign_source(target, parameters)
    require_event_bus(target, parameters)
    cloudformation = target.session.client("cloudformation")
    before = find_stack(cloudformation, target.stack_name)
    if before:
        require_updatable(before, target)
        if parameters.get("TrainModels") != "true":
            require_no_models(target, before, "deploy")
        remove_abandoned_site(target, before.id)  # the page may come back
    kept = before.parameters.get(AUDIENCES, "") if before else ""
    parameters = leave_audiences(target.environment, overrides, parameters, kept)
    require_rules({AUDIENCES: kept, **parameters}, target.region)
    _print_plan(target, parameters, overrides)
    started = int(time.time())
    if exit_code := build_and_deploy(target, parameters, confirm=confirm):
        print("The stack wasn't deployed, for the reason above. The page wasn't published.", file=sys.stderr)
        if confirm and not (sys.stdin and sys.stdin.isatty()):  # it is None if it was closed
            print("There is no terminal to confirm the changes. Add CONFIRM=no to deploy.", file=sys.stderr)
        return exit_code
    if confirm and discard_declined_changes(cloudformation, target.stack_name, started):
        print("The changes were declined. Neither they nor the page were deployed.", file=sys.stderr)
        return 1
    _publish(target, require_stack(target))
    email = parameters["AlarmEmail"]
    if email and (before is None or before.parameters.get("AlarmEmail") != email):
        print(f"No alarm arrives until somebody confirms the email that AWS has sent to {email}.")
    return 0


def _parse_confirmation(text: str, default: bool) -> bool:
    answers = {"": default, "no": False, "yes": True}
    if text not in answers:
        raise DeploymentError(f"CONFIRM must be yes or no, not {text!r}.")
    return answers[text]


def _print_plan(target: Target, parameters: Mapping[str, str], overrides: str) -> None:
    changed = changed_parameters(parameters)
    listed = ", ".join(f"{name}={value}" for name, value in changed.items())
    print(f"Stack: {target.stack_name}")
    print(f"Parameters that differ from the template's defaults: {listed or 'none'}")
    if overrides:
        print("SET applies to this deployment only. To keep a value, add it to samconfig.toml.")


def _publish(target: Target, stack: Stack) -> None:
    services = (stack.output("ApiUrl"), stack.output("SignInIssuer"))
    pictures = bucket_url(target.session, stack.output("OutputBucketName"))
    if "SiteBucketName" in stack.outputs:
        _publish_on_site(target, stack, read_page(services, pictures))
    else:
        folder = BUILD / target.environment.name / "page"
        write_page(bundle_page(services, pictures), page_config(stack), folder)
        print(f"Copy the files in {folder.relative_to(ROOT)} to {stack.output('SiteUrl')}.")
        remove_abandoned_site(target, stack.id)
    if "UserPoolId" in stack.outputs:
        print(f"Invite people with: {target.environment.command('user')} EMAIL=person@example.com")


def _publish_on_site(target: Target, stack: Stack, page: Page) -> None:
    site = Site(
        target.session.client("s3"),
        target.session.client("cloudfront"),
        stack.output("SiteBucketName"),
        stack.output("SiteDistributionId"),
    )
    changed = site.publish(page, page_config(stack))
    print(f"The page is at {stack.output('SiteUrl')}" + ("" if changed else " (no changes)"))


def write_page(files: Mapping[str, bytes], config: str, folder: Path) -> None:
    """Write a page that another server serves, in place of an earlier one."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, body in {**files, CONFIG: config.encode()}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
