"""The template in three forms: its source, transformed by SAM, and resolved by the local stack."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from local.template.template import Template
from tests.cloud import ALL_DETECTORS
from tests.template.support import TEMPLATE, load


class NoManagedPolicies:
    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="session")
def source() -> dict[str, Any]:
    parsed: dict[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
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
    return load()


@pytest.fixture(scope="session")
def all_detectors() -> Template:
    """The largest stack that can be deployed."""
    return load(**ALL_DETECTORS)
