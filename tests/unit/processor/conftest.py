from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from common.settings import ProcessorSettings
from tests.pictures import encode, marked, red_box

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import Image

SCHEMA = Path(__file__).parents[3] / "docs" / "result.schema.json"
SETTINGS = ProcessorSettings(
    input_bucket="stack-input",
    output_bucket="stack-output",
    catalog_table="catalog",
    max_upload_megabytes=25,
    retention_days=90,
    labels_min_confidence=40.0,
    labels_max_count=100,
    detect_labels=True,
    detect_moderation=False,
    detect_text=False,
    detect_faces=False,
    detect_celebrities=False,
    detect_protective_equipment=False,
    detect_properties=False,
    custom_labels_model_arn="",
)


@pytest.fixture
def make() -> Callable[..., bytes]:
    """The file of the marked picture, in a format and an orientation."""

    def make(
        name: str, orientation: int = 1, size: tuple[int, int] = (200, 120), mode: str = "RGB", **options: Any
    ):
        return encode(marked(size, mode), name, orientation, **options)

    return make


@pytest.fixture
def find_red() -> Callable[[Image.Image], tuple[float, float, float, float] | None]:
    return red_box


@pytest.fixture(scope="session")
def result_schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema


@pytest.fixture(scope="session")
def validate_result(result_schema) -> Callable[[Mapping[str, Any]], None]:
    """Hold a document against the schema of results."""
    return Draft202012Validator(result_schema).validate


@pytest.fixture
def processor_settings() -> ProcessorSettings:
    return SETTINGS
