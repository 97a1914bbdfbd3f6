"""No server of the stack answers under another name, whoever's page sends the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack.client import send

if TYPE_CHECKING:
    from local.stack import Stack

PATHS = {
    "page_url": ("/", "/config.json"),
    "api_url": ("/images", "/uploads"),
    "aws_url": ("/", "/_local/health", "/_local/rekognition"),
    "sign_in_url": ("/.well-known/openid-configuration", "/oauth2/token"),
}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    ("server", "path"), [(name, path) for name, paths in PATHS.items() for path in paths]
)
def test_refuses_other_host_names(stack: Stack, server: str, path: str, method: str, host: str) -> None:
    url = getattr(stack, server)
    headers = {
        "Host": f"{host}:{url.rpartition(':')[2]}",
        "Origin": f"http://{host}",
        "Access-Control-Request-Method": "PUT",
    }
    response = send(method, url + path, b"{}", headers)
    assert (response.status, response.body.decode()) == (
        421,
        f'This server isn\'t called "{headers["Host"]}". Use {url} instead.\n',
    )
    assert [name for name in response.headers if name.startswith("access-control-")] == []
