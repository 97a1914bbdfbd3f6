"""A mistake in template.yaml or samconfig.toml is one sentence, which says where it is."""

from __future__ import annotations

import pytest

from tests.deploy.imitation.imitation import Imitation
from tests.deploy.workspace import Workspace

every_command = pytest.mark.parametrize("command", ["run", "build", "validate", "deploy"])


@every_command
def test_template(workspace: Workspace, aws: Imitation, command: str) -> None:
    (workspace.folder / "template.yaml").write_text("Resources:\n  Queue: [1, 2\n  Other: 3\n")
    completed = workspace.make(command)
    sentence = "template.yaml is not valid YAML: expected ',' or ']', but got ':' (at line 3, column 8).\n"
    assert (completed.code != 0, sentence in completed.output) == (True, True), completed.output
    assert ("Traceback" in completed.output, aws.calls) == (False, [])


@every_command
def test_samconfig(workspace: Workspace, aws: Imitation, command: str) -> None:
    (workspace.folder / "samconfig.toml").write_text("version = 0.1\n[default.global\n")
    completed = workspace.make(command)
    sentence = (
        "samconfig.toml is not valid TOML: Expected ']' at the end of a table declaration "
        "(at line 2, column 16).\n"
    )
    assert (completed.code != 0, sentence in completed.output) == (True, True), completed.output
    assert ("Traceback" in completed.output, aws.calls) == (False, [])
