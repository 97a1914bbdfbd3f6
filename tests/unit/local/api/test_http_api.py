from __future__ import annotations

import http.client
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse

from local.api.http_api import HttpApi
from local.api.routes import ApiSettings, load_api_settings
from local.lambda_.environment import InvocationResult
from local.lambda_.invoker import PayloadTooLarge
from local.server import Server
from local.sign_in.provider import Provider
from local.template.template import Template

ORIGIN = "http://127.0.0.1:8080"

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {CodeUri: code/, Handler: app.handler, Runtime: python3.13}}
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      %s
  Handler:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        List: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /images}}
        One: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/images/{id}"}}
        Mine: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: /images/mine}}
        Part: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: ANY, Path: "/images/{id}/{part}"}}
        Files: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: GET, Path: "/files/{path+}"}}
"""


def settings(folder: Path, properties: str = "FailOnWarnings: true") -> ApiSettings:
    file = folder / "template.yaml"
    file.write_text(TEMPLATE % properties)
    return load_api_settings(Template.load(file))


def returns(payload: Any, failed: bool = False) -> Any:
    return lambda function_id, event: InvocationResult(payload, failed, "1")


def echo(function_id: str, event: dict[str, Any]) -> InvocationResult:
    parameters = event.get("pathParameters", {})
    payload = {"function": function_id, "route": event["routeKey"], "parameters": parameters}
    return InvocationResult(payload, False, "1")


def call(api: HttpApi, method: str, path: str, **request: Any) -> TestResponse:
    # RAW_URI is set by the server, but not by werkzeug's test client
    return Client(api).open(path, method=method, environ_overrides={"RAW_URI": path}, **request)


def message(response: TestResponse) -> tuple[int, Any]:
    return response.status_code, response.json


@pytest.mark.parametrize(
    ("method", "path", "route", "parameters"),
    [
        ("GET", "/images", "GET /images", {}),
        ("GET", "/images/mine", "GET /images/mine", {}),
        ("GET", "/images/a%20b%2Fc", "GET /images/{id}", {"id": "a b/c"}),
        ("DELETE", "/images/1/json", "ANY /images/{id}/{part}", {"id": "1", "part": "json"}),
        ("GET", "/files/a/b/c", "GET /files/{path+}", {"path": "a/b/c"}),
        ("GET", "/images?label=cat", "GET /images", {}),
    ],
)
def test_selects_the_most_specific_route(
    tmp_path: Path, method: str, path: str, route: str, parameters: dict[str, str]
) -> None:
    response = call(HttpApi(settings(tmp_path), echo), method, path)
    assert message(response) == (200, {"function": "Handler", "route": route, "parameters": parameters})
    assert len(response.headers["apigw-requestid"]) == 16


def test_reports_failures_like_api_gateway(tmp_path: Path) -> None:
    routes = settings(tmp_path)

    def too_large(function_id: str, event: Any) -> InvocationResult:
        raise PayloadTooLarge

    failing = HttpApi(routes, returns({"errorType": "E", "errorMessage": "m"}, failed=True))
    malformed = HttpApi(routes, returns({"statusCode": "x"}))
    throttled = HttpApi(routes, lambda function_id, event: InvocationResult.throttled(""))
    assert message(call(failing, "GET", "/images")) == (500, {"message": "Internal Server Error"})
    assert message(call(malformed, "GET", "/images")) == (500, {"message": "Internal Server Error"})
    assert message(call(throttled, "GET", "/images")) == (503, {"message": "Service Unavailable"})
    assert message(call(HttpApi(routes, too_large), "GET", "/images")) == (
        413,
        {"message": "Request Entity Too Large"},
    )


def test_tells_of_each_request(tmp_path: Path) -> None:
    told: list[tuple[float, int]] = []
    api = HttpApi(settings(tmp_path), echo, observe=lambda *request: told.append(request))
    call(api, "GET", "/images")
    call(api, "GET", "/nothing")
    assert [status for _, status in told] == [200, 404]
    assert all(seconds > 0 for seconds, _ in told)


AUTH = """Auth:
        DefaultAuthorizer: Program
        Authorizers:
          Program:
            IdentitySource: $request.header.Authorization
            AuthorizationScopes: [stack/images.read, images.read]
            JwtConfiguration: {issuer: "%s", audience: [programs]}
"""


@pytest.mark.parametrize(
    ("scope", "status", "body", "challenge"),
    [
        ("images.read", 200, {"claims": "images.read", "scopes": ["images.read"]}, None),
        (
            "images.write",
            403,
            {"message": "Forbidden"},
            'Bearer scope="stack/images.read images.read" error="insufficient_scope"',
        ),
    ],
)
def test_a_route_requires_its_scopes(
    tmp_path: Path, provider: Provider, issuer: str, scope: str, status: int, body: Any, challenge: str | None
) -> None:
    def show(function_id: str, event: dict[str, Any]) -> InvocationResult:
        token = event["requestContext"]["authorizer"]["jwt"]
        return InvocationResult({"claims": token["claims"]["scope"], "scopes": token["scopes"]}, False, "1")

    api = HttpApi(settings(tmp_path, AUTH % issuer), show)
    token = provider.token("alice", aud=None, client_id="programs", scope=scope)
    response = call(api, "GET", "/images", headers={"Authorization": f"Bearer {token}"})
    assert message(response) == (status, body)
    assert response.headers.get("www-authenticate") == challenge


CORS = "CorsConfiguration: {AllowOrigins: ['http://127.0.0.1:8080']}"
INTERNAL_ERROR = (500, {"message": "Internal Server Error"})


@pytest.mark.parametrize(
    "part",
    [
        {"headers": {"a": "x\r\nset-cookie: b"}},
        {"headers": {"a": "→"}},
        {"headers": {"a b": "x"}},
        {"headers": {"Content-Length": "1000"}},
        {"cookies": "a=1"},
        {"statusCode": 100},
        {"body": {"a": 1}},
        {"body": "?", "isBase64Encoded": True},
    ],
    ids=str,
)
def test_pages_can_read_the_error_about_an_invalid_response(tmp_path: Path, part: dict[str, Any]) -> None:
    logged: list[str] = []
    invoke = returns({"statusCode": 200, "body": "ok", **part})
    api = HttpApi(settings(tmp_path, CORS), invoke, log=lambda name, line: logged.append(line))
    response = call(api, "GET", "/images", headers={"Origin": ORIGIN})
    assert message(response) == INTERNAL_ERROR
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert logged[0].startswith("The function returned an invalid response: ")


def test_pages_can_read_the_error_about_a_bug(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fails(function_id: str, event: Any) -> InvocationResult:
        raise RuntimeError("a bug of the local stack")

    api = HttpApi(settings(tmp_path, CORS), fails)
    response = call(api, "GET", "/images", headers={"Origin": ORIGIN})
    assert (message(response), response.headers["access-control-allow-origin"]) == (INTERNAL_ERROR, ORIGIN)
    assert caplog.messages[-1] == "GET /images failed"


def receive(tmp_path: Path, headers: list[tuple[str, str]]) -> tuple[int, Any]:
    """Send these headers over a socket. Return the status, and the event or the error."""
    server = Server("127.0.0.1", 0, "API_PORT")
    server.serve(HttpApi(settings(tmp_path), lambda _, event: InvocationResult(event, False, "1")))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.putrequest("GET", "/images", skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        return response.status, json.load(response)
    finally:
        connection.close()
        server.stop()


def test_joins_repeated_headers(tmp_path: Path) -> None:
    headers = [("Cookie", "a=1; b=2"), ("X-Tag", "x"), ("cookie", "c=3,4;"), ("X-TAG", "y, z")]
    status, event = receive(tmp_path, headers)
    assert (status, event["cookies"]) == (200, ["a=1", "b=2", "c=3,4"])
    assert event["headers"]["x-tag"] == "x,y, z"
    assert "cookie" not in event["headers"]


def test_limits_the_request_line_and_header_values_to_10240_bytes(tmp_path: Path) -> None:
    fits = [("a", "x" * 5_000), ("b", "x" * 5_000)]
    assert receive(tmp_path, fits)[0] == 200
    too_large = (431, {"message": "Request Header Fields Too Large"})
    assert receive(tmp_path, [*fits, ("c", "x" * 240)]) == too_large
    assert receive(tmp_path, [("Cookie", "x" * 10_240)]) == too_large
    assert receive(tmp_path, [(f"h{number}", "x" * 200) for number in range(60)]) == too_large


def test_pages_can_read_the_error_about_large_headers(tmp_path: Path) -> None:
    api = HttpApi(settings(tmp_path, CORS), echo)
    response = call(api, "GET", "/images", headers={"Origin": ORIGIN, "X-Large": "x" * 10_240})
    assert response.headers["access-control-allow-origin"] == ORIGIN
    assert response.status_code == 431


def test_rejects_a_body_above_10_mb_without_reading_it(tmp_path: Path) -> None:
    environ = {
        "RAW_URI": "/images/1/json",
        "CONTENT_LENGTH": str(10 * 1024 * 1024 + 1),
        "wsgi.input": None,  # a read fails
    }
    response = Client(HttpApi(settings(tmp_path), echo)).put("/images/1/json", environ_overrides=environ)
    assert message(response) == (413, {"message": "Request Entity Too Large"})


def test_returns_503_when_the_integration_times_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.api.http_api._INTEGRATION_TIMEOUT", 0.05)
    released = threading.Event()

    def slow(function_id: str, event: Any) -> InvocationResult:
        released.wait(10)
        return InvocationResult({}, False, "1")

    api = HttpApi(settings(tmp_path), slow)
    assert message(call(api, "GET", "/images")) == (503, {"message": "Service Unavailable"})
    released.set()
    api.stop()


def test_throttles_requests_above_the_burst(tmp_path: Path) -> None:
    throttled = "DefaultRouteSettings: {ThrottlingRateLimit: 0.001, ThrottlingBurstLimit: 2}"
    api = HttpApi(settings(tmp_path, throttled), returns({}))
    responses = [message(call(api, "GET", "/images")) for _ in range(3)]
    assert responses == [(200, {}), (200, {}), (429, {"message": "Too Many Requests"})]


def test_returns_404_to_a_preflight_without_cors(tmp_path: Path) -> None:
    headers = {"Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    assert call(HttpApi(settings(tmp_path), echo), "OPTIONS", "/images", headers=headers).status_code == 404
