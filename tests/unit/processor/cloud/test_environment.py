"""The handler's start: the environment, read once."""

from __future__ import annotations

import pytest

from common.settings import SettingsError
from processor import app

ENVIRONMENT = {
    "INPUT_BUCKET": "stack-input",
    "OUTPUT_BUCKET": "stack-output",
    "CATALOG_TABLE": "catalog",
    "MAX_UPLOAD_MEGABYTES": "25",
    "RETENTION_DAYS": "90",
    "LABELS_MIN_CONFIDENCE": "40",
    "LABELS_MAX_COUNT": "100",
    "DETECT_LABELS": "true",
    "DETECT_MODERATION": "false",
    "DETECT_TEXT": "false",
    "DETECT_FACES": "false",
    "DETECT_CELEBRITIES": "false",
    "DETECT_PROTECTIVE_EQUIPMENT": "false",
    "DETECT_PROPERTIES": "false",
    "CUSTOM_LABELS_MODEL_ARN": "",
}


def test_the_adapters_are_built_once_from_the_environment(aws, monkeypatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    app.processor.cache_clear()
    built = app.processor()
    assert (built.input_bucket, app.processor()) == ("stack-input", built)
    app.processor.cache_clear()


@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_missing_variable_is_named(monkeypatch, name) -> None:
    for each, value in ENVIRONMENT.items():
        monkeypatch.setenv(each, value)
    monkeypatch.delenv(name)
    app.processor.cache_clear()
    with pytest.raises(SettingsError, match=name):
        app.processor()
