"""docs/runbook.md has a section for each alarm, and each alarm leads to its section."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.faults import SETTINGS

ROOT = Path(__file__).resolve().parents[3]
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py"))
TEMPLATE: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))
ALARMS = {
    name: entry["Properties"]
    for name, entry in TEMPLATE["Resources"].items()
    if entry["Type"] == "AWS::CloudWatch::Alarm"
}
SECTIONS = dict(re.findall(r"^## ([\w -]+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
PARTS = [
    "What it means.",
    "How to see it.",
    "Likely causes.",
    "What to do.",
    "Exercise.",
    "How it ends.",
]
LOGGED = ("call failed", "unfinished", "request failed", "image recovered", "event not accepted")


def anchor(alarm: dict[str, Any]) -> str:
    """Return the end of an alarm's name, which is the heading of its section."""
    name: str = alarm["AlarmName"]["Fn::Sub"]
    return name.removeprefix("${AWS::StackName}-")


ANCHORS = [anchor(alarm) for alarm in ALARMS.values()]


def test_there_is_a_section_for_each_alarm_in_the_order_of_the_template() -> None:
    assert list(SECTIONS) == ["First look", *ANCHORS, "Email", "Thresholds"]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_says_what_to_do_and_leads_to_its_section(name: str) -> None:
    assert name.endswith("Alarm")
    text, _, link = ALARMS[name]["AlarmDescription"].rpartition(" See ")
    assert link == f"docs/runbook.md#{anchor(ALARMS[name])}"
    assert text.count(". ") >= 1  # what happened, and what to do
    assert len(f"{text} See {link}") <= 1024  # CloudWatch's limit


@pytest.mark.parametrize("name", ANCHORS)
def test_a_section_goes_from_the_meaning_to_the_end(name: str) -> None:
    section = SECTIONS[name]
    assert re.findall(r"^\*\*([^*]+)\*\*", section, re.MULTILINE) == PARTS
    _, exercise = section.split("**Exercise.**")
    assert re.search(r"^(\w+=\S+ )*make run", exercise, re.MULTILINE)


def test_the_readme_lists_every_alarm() -> None:
    (table,) = re.findall(r"^\| alarm \| when \|\n.*?\n\n", README, re.MULTILINE | re.DOTALL)
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == ANCHORS


def test_the_commands_of_the_exercises_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(re.findall(r"(?:`|^)(?:\w+=\S+ )*make ([a-z-]+)", RUNBOOK, re.MULTILINE)) <= targets
    faults = (ROOT / "docs/faults.md").read_text(encoding="utf-8")
    variables = set(re.findall(r"\b((?:FAULT|REKOGNITION)_[A-Z_]+)=", RUNBOOK))
    assert variables == {variable for variable in variables if f"`{variable}`" in faults}
    settings = set(re.findall(r"/_local/faults -d '\{\"(\w+)\"", RUNBOOK)) - {"reset"}
    assert settings <= {name for name, _, _ in SETTINGS}


def test_the_lines_of_the_log_are_those_that_the_functions_write() -> None:
    assert [line for line in LOGGED if f"`{line}`" not in RUNBOOK or f'"{line}"' not in SOURCE] == []


def test_every_link_leads_to_a_file_or_a_section() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", RUNBOOK) if "://" not in link]
    assert {link.removeprefix("#") for link in links if link.startswith("#")} <= set(SECTIONS)
    files = [link for link in links if not link.startswith("#")]
    assert [file for file in files if not (ROOT / "docs" / file).exists()] == []
