"""The template in three forms: its source, transformed by SAM, and resolved by the local stack."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local.template.template import Template
from tests.cloud import ALL_DETECTORS

ROOT = Path(__file__).resolve().parents[2]


class NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="session")
def source() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text())
    return parsed


@pytest.fixture(scope="session")
def transformed(source: dict[str, Any]) -> dict[str, Any]:
    """The template as CloudFormation receives it, with its intrinsic functions."""
    document = copy.deepcopy(source)
    document["Globals"]["Function"]["CodeUri"] = "s3://packaged/code"
    document["Resources"]["ImagingLayer"]["Properties"]["ContentUri"] = "s3://packaged/layer"
    values = {name: str(rules["Default"]) for name, rules in document["Parameters"].items()}
    result: dict[str, Any] = transform(document, values, NoManagedPolicies())
    return result


@pytest.fixture(scope="session")
def template() -> Template:
    return Template.load(ROOT / "template.yaml", {"PageOrigin": "http://127.0.0.1:8080"})


@pytest.fixture(scope="session")
def all_detectors() -> Template:
    """The largest stack that can be deployed."""
    return Template.load(ROOT / "template.yaml", ALL_DETECTORS)
