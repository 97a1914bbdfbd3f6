"""The template with what isn't part of the local stack, but is read from it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from local.template.template import Template

# The site, which has the headers, exists only without another origin. Alarms exist only with an address.
_CHANGES = {"PageOrigin": "", "AlarmEmail": "alarms@example.com", "AlarmTopicArn": ""}


def load_deployed(path: Path, parameters: Mapping[str, str]) -> Template:
    """Load a template with its site and its alarms. Raises as `Template.load` does."""
    changes = {name: value for name, value in _CHANGES.items() if name in parameters}
    return Template.load(path, {**parameters, **changes})
