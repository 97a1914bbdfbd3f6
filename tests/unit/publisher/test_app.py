"""The publisher's handler."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)


class FakePublisher:
    """Publishes a batch of records with a result or an error."""

    def __init__(self, result: str | Exception | None) -> None:
        self._result = result

    def publish(self, records: Any, remaining_ms: Callable[[], int]) -> str | None:
        assert (records, remaining_ms()) == ([{}], 60_000)
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | Exception | None], Any]:
    """Return the response to a batch that is published with a result or an error."""
    for name in ("METRICS_NAMESPACE", "OUTPUT_BUCKET", "EVENT_BUS_NAME"):
        monkeypatch.setenv(name, "pictures")
    monkeypatch.delitem(sys.modules, "publisher.app", raising=False)
    app = importlib.import_module("publisher.app")
    monkeypatch.delitem(sys.modules, "publisher.app")

    def handle(result: str | Exception | None) -> Any:
        monkeypatch.setattr(app, "_publisher", FakePublisher(result))
        return app.handler({"Records": [{}]}, CONTEXT)

    return handle


@pytest.mark.parametrize(("failed", "failures"), [(None, []), ("7", [{"itemIdentifier": "7"}])])
def test_answers_with_the_first_record_that_failed(handle, failed: str | None, failures: list[Any]) -> None:
    assert handle(failed) == {"batchItemFailures": failures}


def test_an_error_reaches_lambdas_log_without_its_url(handle) -> None:
    with pytest.raises(Exception, match=r'^Could not connect to the endpoint URL: "<url>"$') as caught:
        handle(EndpointConnectionError(endpoint_url="https://events.us-east-1.amazonaws.com/"))
    assert (caught.type.__name__, caught.value.__cause__) == ("EndpointConnectionError", None)
