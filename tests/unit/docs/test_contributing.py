"""CONTRIBUTING names files and folders that exist, and keeps the guides short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GUIDES = ("field", "detector", "format", "route", "counted term", "rejection code")
PACKAGES = {file.parent.name for file in (ROOT / "src").glob("*/__init__.py")}
PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*\.\w+)`")


def section(title: str) -> str:
    (text,) = re.findall(rf"^## {title}\n(.*?)(?=^## |\Z)", CONTRIBUTING, re.MULTILINE | re.DOTALL)
    return str(text)


def files(guide: str) -> list[str]:
    steps = re.findall(r"^\d+\. (.*?):", section(f"How to add a {guide}"), re.MULTILINE)
    return [path for step in steps for path in PATH.findall(step)]


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_of_a_guide_exists(guide: str) -> None:
    listed = files(guide)
    assert len(listed) > 2
    assert [path for path in listed if not (ROOT / path).is_file()] == []


def test_a_field_touches_at_most_six_files() -> None:
    assert len(files("field")) <= 6


def test_every_folder_on_the_map_exists() -> None:
    rows = re.findall(r"^\| (`[^|]*) \|", section("Map of the code"), re.MULTILINE)
    folders = re.findall("`([^`]+)`", " ".join(rows))
    assert len(folders) > 20
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_every_package_of_the_functions_and_of_the_local_stack_is_on_the_map() -> None:
    modules = [module for top in ("src", "local") for module in (ROOT / top).glob("*/__init__.py")]
    packages = {str(module.parent.relative_to(ROOT)) for module in modules}
    on_the_map = set(re.findall("`([^`]+)`", section("Map of the code")))
    assert packages - on_the_map == set()


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_a_package_of_the_functions_imports_only_what_the_map_allows(package: str) -> None:
    (allowed,) = re.findall(rf"^\| `src/{package}` \|.*\|(.*)\|$", section("Map of the code"), re.MULTILINE)
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / "src" / package).rglob("*.py")]
    imported = set(re.findall(r"^ *(?:from|import) (\w+)", "\n".join(sources), re.MULTILINE))
    assert imported & (PACKAGES - {package}) == set(re.findall(r"`(\w+)`", allowed))


def test_the_bill_imports_only_what_the_map_allows() -> None:
    (allowed,) = re.findall(r"^\| `deploy/cost` \|.*\|(.*)\|$", section("Map of the code"), re.MULTILINE)
    sources = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "deploy/cost").glob("*.py"))
    imported = set(
        re.findall(r"^ *from ((?:bench|common|local|deploy|processor)\.[\w.]+) ", sources, re.MULTILINE)
    )
    own = {module for module in imported if module.startswith("deploy.cost")}
    assert imported - own == set(re.findall(r"`([\w.]+)`", allowed))


def test_every_link_leads_to_a_file() -> None:
    linked = [target for target in re.findall(r"\]\(([^)#]+)\)", CONTRIBUTING) if "://" not in target]
    assert [target for target in linked if not (ROOT / target).exists()] == []
