"""Connections to the local stack, and failures that say which server they are about."""

from __future__ import annotations

from threading import Thread

import httpx
import pytest

from glimpse.connection import connect, explained, json_object
from glimpse.errors import UnexpectedResponse, Unreachable
from glimpse.loopback import Loopback

SECRET = "https://storage.example.com:444/input/cat?X-Amz-Signature=secret"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_the_local_stack_is_reached_without_a_proxy(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:9")  # where nobody listens
    with Loopback(port=0) as server, connect() as http:
        waiting = Thread(target=server.wait, args=("state",))
        waiting.start()
        assert http.get(server.redirect_uri, params={"state": "state"}).status_code == 200
        waiting.join()


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("no"), httpx.ReadTimeout("no"), httpx.DecodingError("no")]
)
def test_names_the_server_but_not_the_whole_url(error: httpx.RequestError) -> None:
    with pytest.raises(Unreachable) as caught, explained("The storage", SECRET):
        raise error
    assert str(caught.value) == "The storage can't be reached at https://storage.example.com:444."


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"\xff"])
def test_explains_a_response_without_a_json_object(content: bytes) -> None:
    response = httpx.Response(200, content=content, request=httpx.Request("GET", SECRET))
    with pytest.raises(UnexpectedResponse) as caught:
        json_object(response)
    assert str(caught.value) == "https://storage.example.com:444 sent something other than JSON."
