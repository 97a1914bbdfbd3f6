"""Schemathesis tests the running stack against docs/openapi.yaml with generated requests."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from boto3.dynamodb.types import TypeSerializer

from catalog.model_records import ModelRecord, to_item
from common.time import now
from tests.contract import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.stack.client import Client, ImageFile

ROOT = FILE.parents[1]
MODEL_ID = "0123456789abcdef"  # of schemathesis.toml


@pytest.mark.timeout(200)
def test_schemathesis_finds_no_issues(
    user: Client, new_image: Callable[[], ImageFile], tmp_path: Path
) -> None:
    user.recognize(new_image())
    model = ModelRecord(user.owner, MODEL_ID, "Parts", "detection", ("scratch",), "owner", "failed", now())
    item = {name: TypeSerializer().serialize(value) for name, value in to_item(model).items()}
    user.stack.client("dynamodb").put_item(TableName="CatalogTable", Item=item)
    arguments = [
        *("--config-file", str(ROOT / "schemathesis.toml"), "run", str(FILE), "--url", user.stack.api_url),
        *("--header", f"Authorization: Bearer {user.token}"),
        *("--max-examples", "25", "--generation-deterministic"),
        *("--rate-limit", "40/s", "--max-failures", "5", "--no-color"),
    ]
    process = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "No issues found" in process.stdout, process.stdout
