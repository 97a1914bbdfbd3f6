"""What the README says matches the template and the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from common.formats import FORMATS
from common.rejections import MESSAGES
from local.rekognition.detectors.objects import ObjectModels
from local.rekognition.summary import summarize

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text()


def section(title: str) -> str:
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    return str(text)


def first_column(title: str) -> list[str]:
    rows = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [row.split("|")[1].strip().strip("`") for row in rows[1:]]


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


def test_lists_every_parameter_with_its_default(template: dict[str, Any]) -> None:
    rows = [line.split("|") for line in section("Parameters").splitlines() if line.startswith("| `")]
    listed = {row[1].strip().strip("`"): row[2].strip().strip("`") for row in rows}
    assert listed == {name: str(rules["Default"]) or "none" for name, rules in template["Parameters"].items()}


def test_lists_every_format_in_order() -> None:
    assert first_column("Formats") == [known.name for known in FORMATS]


def test_lists_every_rejection_in_order() -> None:
    assert first_column("Rejections") == list(MESSAGES)


def test_lists_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+(?:-[a-z]+)*)\b", section("Commands"))) == targets
    (phony,) = re.findall(r"^\.PHONY: (.*?)\n\n", makefile, re.MULTILINE | re.DOTALL)
    assert set(phony.replace("\\\n", " ").split()) == targets


def test_names_every_environment_variable_of_the_local_stack() -> None:
    files = [
        ROOT / "local" / name
        for name in (
            "settings.py",
            "cli/sam_local.py",
            "cli/token.py",
            "rekognition/faults.py",
            "rekognition/detectors/objects.py",
            "rekognition/detectors/onnx_model.py",
        )
    ]
    read = {
        name for file in files for name in re.findall(r'env(?:iron)?(?:\.get\(|, )"(\w+)"', file.read_text())
    }
    assert len(read) > 7
    assert {name for name in read if not re.search(rf"\b{name}\b", README)} == set()


def test_says_what_the_local_engine_finds_in_the_words_of_the_page() -> None:
    text = " ".join(section("Try it").split())
    assert summarize(ObjectModels()) in text
    table = "".join(line for line in section("Try it").splitlines() if line.startswith("|"))
    found = ("80 classes", "faces", "printed text", "colors", "explicit content")
    assert [words for words in found if words not in table] == []


def test_every_linked_or_named_file_exists() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in target]
    named = re.findall(r"\b(?:events|web/samples)/[\w.-]+", README)
    assert [name for name in {*linked, *named} if not (ROOT / name).exists()] == []


def test_every_link_within_the_page_has_its_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors


def test_every_guarantee_names_tests_that_exist() -> None:
    rows = [line for line in section("What happens when …").splitlines() if line.startswith("| ")][1:]
    named = [re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", row.split("|")[3]) for row in rows]
    assert len(rows) >= 10
    assert all(named)
    everywhere = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", README))
    assert {test for test in everywhere if test[1] not in defined_tests(ROOT / test[0])} == set()


def defined_tests(file: Path) -> set[str]:
    """Return the names of a file's tests."""
    module = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
