"""The template in three forms: its source, transformed by SAM, and resolved by the local stack."""

from __future__ import annotations

from typing import Any

import pytest

from local.template.template import Template
from tests.cloud import ALL_DETECTORS
from tests.template import variants
from tests.template.support import load, read_source


@pytest.fixture(scope="session")
def source() -> dict[str, Any]:
    return read_source()


@pytest.fixture
def transformed() -> dict[str, Any]:
    """The template as CloudFormation receives it, with its intrinsic functions. A test may change it."""
    return variants.transformed({})


@pytest.fixture(scope="session")
def template() -> Template:
    return load()


@pytest.fixture(scope="session")
def all_detectors() -> Template:
    """The largest stack that can be deployed."""
    return load(**ALL_DETECTORS)
