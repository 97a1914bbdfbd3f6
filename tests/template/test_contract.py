"""The template's limits are those of the API's contract and of the README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.contract import SCHEMAS, operations

ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 1_048_576  # bytes


def test_the_contract_has_the_default_size_limit(source: dict[str, Any]) -> None:
    megabytes = source["Parameters"]["MaxUploadMegabytes"]["Default"]
    assert SCHEMAS["UploadRequest"]["properties"]["size"]["maximum"] == megabytes * MEGABYTE
    problems = operations()["POST /uploads"]["responses"]["413"]["content"]["application/problem+json"]
    (example,) = problems["examples"].values()
    assert example["value"]["detail"] == f"The file is too large. The limit is {megabytes} MB."


def test_the_readme_has_the_default_size_limit_and_the_memory(source: dict[str, Any]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    megabytes = source["Parameters"]["MaxUploadMegabytes"]["Default"]
    memory = source["Resources"]["ProcessorFunction"]["Properties"]["MemorySize"]
    assert re.findall(r"The limits are (\d+) MB", readme) == [str(megabytes)]
    assert re.findall(r"at most \d+ of (\d+) MB", readme) == [str(memory)]
