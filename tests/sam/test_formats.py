"""The layer's decoders, in Lambda's container: every format ends in a result, every other file in words."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.cli.sam import ROOT
from local.stack import Stack
from tests.pictures import encode, marked

FORMATS = ("JPEG", "PNG", "WebP", "HEIC", "AVIF", "GIF", "TIFF", "BMP", "MPO")
TURNED = {"JPEG", "PNG", "WebP", "HEIC", "AVIF", "TIFF", "MPO"}  # those that carry an orientation
REJECTED = {
    "empty": b"",
    "not-an-image": b"these are notes",
    "unsupported-format": b"%PDF-1.7",
    "broken": encode(marked(), "PNG")[:200],
}


@pytest.mark.timeout(200)
def test_one_event_of_every_format_and_of_what_is_none(
    stack: Stack, invoke: Callable[[str, str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = {f"formats/{name}": encode(marked(), name, 6 if name in TURNED else 1) for name in FORMATS}
    contents |= {f"formats/{code}": content for code, content in REJECTED.items()}
    event = json.loads((ROOT / "events" / "s3-put.json").read_text())
    (template,) = event["Records"]
    event["Records"] = []
    # the stack's own processor stays out of it
    monkeypatch.setattr(stack.functions, "invoke_async", lambda *call: None)
    s3, bucket = stack.client("s3"), template["s3"]["bucket"]["name"]
    for key, content in contents.items():
        s3.put_object(Bucket=bucket, Key=key, Body=content)
        record = copy.deepcopy(template)
        record["s3"]["object"] |= {"key": key, "size": len(content)}
        event["Records"].append(record)
    file = tmp_path / "formats.json"
    file.write_text(json.dumps(event))
    answer = invoke("ProcessorFunction", str(file))
    assert answer.code == 0, answer.stderr
    images = json.loads(answer.stdout.strip().splitlines()[-1])["images"]
    assert {image["key"]: image["reason"]["code"] for image in images if "reason" in image} == {
        f"formats/{code}": code for code in REJECTED
    }
    assert {image["key"] for image in images if image["status"] == "done"} == {
        f"formats/{name}" for name in FORMATS
    }
