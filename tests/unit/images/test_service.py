from __future__ import annotations

import pytest

from images import app

EVENT = {
    "routeKey": "GET /images/{id}",
    "pathParameters": {"id": "ab" * 32},
    "requestContext": {"authorizer": {"jwt": {"claims": {"sub": "alice"}}}},
}


def test_the_service_is_built_once_from_the_environment(service, monkeypatch) -> None:
    monkeypatch.setenv("INPUT_BUCKET", "stack-input")
    monkeypatch.setenv("OUTPUT_BUCKET", "stack-output")
    monkeypatch.setenv("CATALOG_TABLE", "catalog")
    app.service.cache_clear()
    try:
        assert app.service().settings == service.settings
        assert app.service() is app.service()
        assert app.handler(EVENT, None)["statusCode"] == 404
    finally:
        app.service.cache_clear()


def test_a_missing_variable_is_named_in_the_log(monkeypatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delenv("INPUT_BUCKET", raising=False)
    app.service.cache_clear()
    assert app.handler(EVENT, None)["statusCode"] == 500
    assert "The environment variable INPUT_BUCKET is missing." in caplog.text
