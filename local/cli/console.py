"""Messages in the terminal. Apart from `local.settings`, because it imports most of the stack."""

from __future__ import annotations

import sys

from local.aws.iam import UnsupportedPolicy
from local.rekognition.errors import ModelError, SettingError
from local.server import AddressError
from local.template.intrinsics import ResolutionError
from local.template.parameters import ParameterError
from local.template.template import TemplateError

# Errors whose message tells the user what to change.
EXPLAINED = (
    AddressError,
    ModelError,
    ParameterError,
    ResolutionError,
    SettingError,
    TemplateError,
    UnsupportedPolicy,
)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
