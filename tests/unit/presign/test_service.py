from __future__ import annotations

import json

import pytest

from presign import app


def test_the_service_is_built_once_from_the_environment(service, monkeypatch) -> None:
    monkeypatch.setenv("INPUT_BUCKET", "stack-input")
    monkeypatch.setenv("CATALOG_TABLE", "catalog")
    monkeypatch.setenv("MAX_UPLOAD_MEGABYTES", "25")
    asked = {"fileName": "cat.jpg", "contentType": "image/jpeg", "size": 1000, "sha256": "ab" * 32}
    event = {
        "body": json.dumps(asked),
        "requestContext": {"authorizer": {"jwt": {"claims": {"sub": "alice"}}}},
    }
    app.service.cache_clear()
    try:
        assert app.service().settings == service.settings
        assert app.service() is app.service()
        assert app.handler(event, None)["statusCode"] == 201
    finally:
        app.service.cache_clear()


def test_a_missing_variable_is_named_in_the_log(monkeypatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delenv("INPUT_BUCKET", raising=False)
    app.service.cache_clear()
    assert app.handler({}, None)["statusCode"] == 500
    assert "The environment variable INPUT_BUCKET is missing." in caplog.text
