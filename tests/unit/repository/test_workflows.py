"""The GitHub workflows run pinned actions and make targets, and deploy with few permissions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
every_workflow = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)


def load(file: Path) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.load(file.read_text(), yaml.BaseLoader)  # keeps `on` a string
    return workflow


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in load(file)["jobs"].values() for step in job.get("steps", [])]


def deployments() -> dict[str, dict[str, Any]]:
    """Return the jobs that deploy, by environment."""
    jobs = load(ROOT / ".github/workflows/deploy.yml")["jobs"]
    return {job["with"]["environment"]: job for job in jobs.values() if "with" in job}


@every_workflow
def test_every_action_is_pinned_by_commit_with_its_version_in_a_comment(file: Path) -> None:
    used = re.findall(r"\buses: (.+)$", file.read_text(), re.MULTILINE)
    others = [action for action in used if not PINNED.fullmatch(action)]
    assert used
    assert [name for name in others if not (name.startswith("./") and (ROOT / name).is_file())] == []


@every_workflow
def test_every_command_is_a_make_target(file: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for command in [step["run"] for step in steps(file) if "run" in step]:
        make, target, *variables = command.split()
        assert (make, target in targets) == ("make", True), command
        assert all(re.fullmatch(r"[A-Z]+=\w+", variable) for variable in variables), command


@every_workflow
def test_every_job_that_runs_steps_has_a_timeout_and_no_credentials_of_git(file: Path) -> None:
    jobs = [job for job in load(file)["jobs"].values() if "steps" in job]
    assert [job for job in jobs if "timeout-minutes" not in job] == []
    checkouts = [step for step in steps(file) if "actions/checkout@" in step.get("uses", "")]
    assert [step["with"] for step in checkouts] == [{"persist-credentials": "false"}] * len(jobs)


@every_workflow
def test_no_workflow_uses_a_stored_secret(file: Path) -> None:
    assert "secrets." not in file.read_text()


def test_each_deployment_needs_what_comes_before_it() -> None:
    jobs = load(ROOT / ".github/workflows/deploy.yml")["jobs"]
    assert {name: job.get("needs") for name, job in jobs.items()} == {
        "checks": None,
        "dev": "checks",
        "prod": "dev",
    }


def test_deploys_to_environments_of_samconfig() -> None:
    samconfig = tomllib.loads((ROOT / "samconfig.toml").read_text())
    assert list(deployments()) == ["dev", "prod"]
    assert deployments().keys() <= samconfig.keys()


def test_one_deployment_at_a_time_runs_in_an_environment_with_its_own_role() -> None:
    (job,) = load(ROOT / ".github/workflows/deploy-stack.yml")["jobs"].values()
    assert job["environment"] == "${{ inputs.environment }}"
    assert job["concurrency"] == {
        "group": "deploy-${{ inputs.environment }}",
        "cancel-in-progress": "false",
    }
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    (credentials,) = [step["with"] for step in job["steps"] if "configure-aws" in step.get("uses", "")]
    assert credentials == {
        "role-to-assume": "${{ vars.AWS_ROLE_ARN }}",
        "role-session-name": "deploy-${{ github.run_id }}",
        "aws-region": "${{ vars.AWS_REGION }}",
        "mask-aws-account-id": "true",
    }
