"""Where a command works: an environment's stack in one region, with one boto3 session for all clients."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3

from deploy.errors import DeploymentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deploy.environments import Environment

_VARIABLES = ("AWS_DEFAULT_REGION", "AWS_REGION")


@dataclass(frozen=True)
class Target:
    """An environment in the region that was found for it."""

    environment: Environment
    session: boto3.Session
    region: str
    region_source: str

    @property
    def stack_name(self) -> str:
        return self.environment.stack_name

    def sam_options(self) -> list[str]:
        """Return the options that make SAM CLI work on the same environment, region and profile."""
        options = ["--config-env", self.environment.name, "--region", self.region]
        profile = self.environment.profile
        return [*options, "--profile", profile] if profile else options


def find_target(environment: Environment, environ: Mapping[str, str] = os.environ) -> Target:
    """Find the region once, for SAM CLI and for boto3. Raises DeploymentError if none is set."""
    profile = boto3.Session(profile_name=environment.profile)
    candidates = {
        "samconfig.toml": environment.region,
        **{name: environ.get(name) for name in _VARIABLES},
        f"the profile {profile.profile_name}": profile.region_name,
    }
    for source, region in candidates.items():
        if region:
            session = boto3.Session(profile_name=environment.profile, region_name=region)
            return Target(environment, session, region, source)
    raise DeploymentError(
        "No AWS region is set. Set AWS_DEFAULT_REGION, or the profile's region with aws configure, "
        f"or region in samconfig.toml under [{environment.name}.global.parameters]."
    )
