"""The environments of samconfig.toml."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.errors import DeploymentError
from local.template.documents import read_toml
from local.template.parameters import ParameterError, command_settings, parse_overrides

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = "default"


class UnknownEnvironment(DeploymentError):
    """samconfig.toml has no stack for this environment; the message lists the ones it has."""


@dataclass(frozen=True)
class Environment:
    """What samconfig.toml says about one environment."""

    name: str
    stack_name: str
    parameters: Mapping[str, str]
    region: str | None = None
    profile: str | None = None
    confirms_changes: bool = False

    def command(self, target: str) -> str:
        """Return the make command of a target for this environment, for messages."""
        return f"make {target}" if self.name == DEFAULT else f"make {target} ENV={self.name}"


def read_environment(name: str, samconfig: Path = ROOT / "samconfig.toml") -> Environment:
    """Read an environment. Raises UnknownEnvironment, or DocumentError or ParameterError for the file."""
    document = read_toml(samconfig)
    settings = {
        environment: _settings(document, environment, samconfig.name)
        for environment, section in document.items()
        if isinstance(section, dict)
    }
    deployable = [environment for environment, found in settings.items() if "stack_name" in found]
    if name not in deployable:
        problem = "has no stack_name for the environment" if name in settings else "has no environment"
        raise UnknownEnvironment(f"{samconfig.name} {problem} {name!r}: use {', '.join(deployable)}.")
    found = settings[name]
    for key, kind in (("stack_name", str), ("region", str), ("profile", str), ("confirm_changeset", bool)):
        if key in found and not isinstance(found[key], kind):
            expected = "true or false" if kind is bool else "a text"
            raise ParameterError(f"{samconfig.name} has {key} = {found[key]!r}, but {expected} is expected.")
    return Environment(
        name,
        found["stack_name"],
        parse_overrides(found.get("parameter_overrides", []), samconfig.name),
        found.get("region"),
        found.get("profile"),
        found.get("confirm_changeset", False),
    )


def _settings(document: Mapping[str, Any], environment: str, source: str) -> dict[str, Any]:
    """Return the settings of `sam deploy`, which override those of all commands."""
    return {
        **command_settings(document, environment, "global", source),
        **command_settings(document, environment, "deploy", source),
    }
