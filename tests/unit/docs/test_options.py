"""docs/options.md matches the template and Checkov's configuration."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from tests.cloud import ENTERPRISE_OPTIONS

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")
CHECK = re.compile(r"CKV_AWS_\d+")


def table(heading: str) -> list[list[str]]:
    """Return the rows of the table whose heading starts with this."""
    (text,) = re.findall(rf"^\| {heading}.*?(?=\n\n|\n\Z)", OPTIONS, re.MULTILINE | re.DOTALL)
    return [row.strip("| ").split(" | ") for row in text.splitlines()[2:]]


def test_lists_every_option_and_only_parameters() -> None:
    listed = {name for row in table(r"parameter") for name in re.findall(r"`(\w+)`", row[0])}
    declared = re.findall(r"^  (\w+):\n    Type: (?:String|Number)$", TEMPLATE, re.MULTILINE)
    assert set(ENTERPRISE_OPTIONS) <= listed <= set(declared)


def test_every_finding_of_checkov_has_an_option() -> None:
    skipped = yaml.safe_load((ROOT / ".checkov.yaml").read_text(encoding="utf-8"))["skip-check"]
    assert [CHECK.findall(row[0]) for row in table("finding")] == [[check] for check in skipped]
    options = {name for row in table("finding") for name in re.findall(r"`(\w+)`", row[1])}
    assert options <= set(ENTERPRISE_OPTIONS)


def test_every_check_without_an_option_is_skipped_in_the_template() -> None:
    reasons = {check for row in table(r"check \| reason") for check in CHECK.findall(row[0])}
    assert reasons == set(re.findall(r"# checkov:skip=(CKV_AWS_\d+): .+", TEMPLATE))


def test_every_function_without_reserved_concurrency_has_a_reason() -> None:
    skipped = re.findall(
        r"^  (\w+):\n    Type: AWS::Serverless::Function\n(?:    .*\n)*?    # checkov:skip=CKV_AWS_115:",
        TEMPLATE,
        re.MULTILINE,
    )
    (named,) = [row[0] for row in table(r"check \| reason") if "CKV_AWS_115" in row[0]]
    assert re.findall(r"\w+Function", named) == skipped


def test_every_link_within_the_page_has_its_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", OPTIONS, re.MULTILINE)
    assert set(re.findall(r"\]\(#([^)]+)\)", OPTIONS)) <= {
        heading.lower().replace(" ", "-") for heading in headings
    }
