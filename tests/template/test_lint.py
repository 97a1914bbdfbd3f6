"""cfn-lint accepts the source and the transformed template."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


# SAM replaces parameters in its own resources with their values, so that a Fn::Sub may have none left
SUB_WITHOUT_VARIABLES = "W1020"


def cfn_lint(file: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), "--include-checks", "W", "E", *options, "--", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_source_is_valid() -> None:
    assert cfn_lint(ROOT / "template.yaml") == (0, "")


def test_the_transformed_template_is_valid(transformed: dict[str, Any], tmp_path: Path) -> None:
    # circular dependencies are only visible in the transformed template
    file = tmp_path / "transformed.json"
    file.write_text(json.dumps(transformed))
    assert cfn_lint(file, "--ignore-checks", SUB_WITHOUT_VARIABLES) == (0, "")


def test_a_circular_dependency_is_found_in_the_transformed_template(
    transformed: dict[str, Any], tmp_path: Path
) -> None:
    circular = json.loads(json.dumps(transformed))
    variables = circular["Resources"]["ProcessorFunction"]["Properties"]["Environment"]["Variables"]
    variables["INPUT_BUCKET"] = {"Ref": "InputBucket"}
    file = tmp_path / "transformed.json"
    file.write_text(json.dumps(circular))
    code, output = cfn_lint(file)
    assert code != 0
    assert "E3004" in output
