"""One endpoint per module with a small template, called over real HTTP."""

from __future__ import annotations

import hashlib
import http.client
import json
import queue
import re
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import unescape

import boto3
import pytest
import yaml
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from local.aws.endpoint import AwsEndpoint, AwsRequestHandler
from local.aws.provision import provision
from local.server import Server

RESOURCES = yaml.safe_load(Path(__file__).with_name("small_template.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def table_with_keys() -> Iterator[Any]:
    """A client of moto's DynamoDB with a table `t`, whose keys are `pk` and `sk`, and an index of `sk`."""
    from moto import mock_aws

    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=_key_schema("pk", "sk"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "BySortKey",
                    "KeySchema": _key_schema("sk", "pk"),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        yield client


def _key_schema(partition: str, sort: str) -> Any:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


class FakeRekognition:
    """Returns its arguments as a label, and records its settings."""

    def __init__(self) -> None:
        self._settings: dict[str, Any] = {}

    def __call__(self, operation: str, payload: bytes, access_key: str) -> tuple[int, dict[str, Any]]:
        if operation == "DetectFaces":
            return 400, {"__type": "ImageTooLargeException", "Message": "too large"}
        return 200, {"Labels": [{"Name": f"{operation} {len(payload)} {access_key}"}]}

    def configure(self, changes: Mapping[str, Any]) -> None:
        if "latency" not in changes:
            raise ValueError("there is no such setting")
        self._settings.update(changes)

    def settings(self) -> Mapping[str, Any]:
        return self._settings

    def calls(self) -> Mapping[str, int]:
        return {"DetectLabels": 3}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        return self.element("Code")

    @property
    def error(self) -> tuple[int, str, str]:
        return self.status, self.code, self.element("Message")

    def element(self, name: str) -> str:
        found = re.search(f"<{name}>(.*?)</{name}>".encode(), self.body, re.DOTALL)
        return unescape(found.group(1).decode()) if found else ""


@dataclass
class Clock:
    """The real time plus an offset, so that tests can let a URL expire without waiting."""

    offset: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass
class LocalAws:
    """A running endpoint with ways to call it."""

    endpoint: AwsEndpoint
    rekognition: FakeRekognition
    events: queue.SimpleQueue[tuple[str, dict[str, Any]]]  # function id, event
    published: list[dict[str, Any]]  # by EventBridge
    clock: Clock
    url: str

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    def client(
        self,
        service: Any,
        function: str | None = None,
        *,
        host: str = "127.0.0.1",
        signature_version: str = "s3v4",
    ) -> Any:
        keys = self.endpoint.credentials_for(function) if function else {}
        return boto3.client(
            service,
            endpoint_url=f"http://{host}:{self.port}",
            region_name="us-east-1",
            aws_access_key_id=keys.get("AWS_ACCESS_KEY_ID", "defaultkey"),
            aws_secret_access_key=keys.get("AWS_SECRET_ACCESS_KEY", "defaultsecret"),
            config=Config(
                signature_version=signature_version if service == "s3" else None,
                retries={"total_max_attempts": 1},
                s3={"addressing_style": "virtual"},
            ),
        )

    def presign(self, operation: str, key: str, function: str | None = None, **parameters: Any) -> str:
        """Return a presigned URL for an object of the input bucket."""
        target = {"Bucket": "local-input-123456789012-us-east-1", "Key": key}
        url: str = self.client("s3", function).generate_presigned_url(operation, Params=target | parameters)
        return url

    def call_error(self, call: Callable[..., Any], **parameters: Any) -> tuple[int, str, str]:
        """Make a boto3 call that must fail. Return status, code and message."""
        with pytest.raises(ClientError) as raised:
            call(**parameters)
        response = raised.value.response
        status = response["ResponseMetadata"]["HTTPStatusCode"]
        return status, response["Error"]["Code"], response["Error"]["Message"]

    def denial(self, function: str, action: str, resource: str) -> str:
        """Return AWS's message about a permission that a function's role does not have."""
        user = f"assumed-role/{function.replace('Function', 'Role')}/{function}"
        return (
            f"User: arn:aws:sts::123456789012:{user} is not authorized to perform: {action}"
            f" on resource: {resource} because no identity-based policy allows the {action} action"
        )

    def send(
        self,
        method: str,
        url: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        host: str | None = None,
    ) -> Reply:
        """Send exactly this to the endpoint. `url` may be a path; `host` is only sent as a header."""
        parts = urlsplit(url)
        target = url[url.index("/", 8) :] if parts.scheme else url
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host or parts.netloc or f"127.0.0.1:{self.port}")
            sent = dict(headers or {})
            if body is not None and "Transfer-Encoding" not in sent:
                sent.setdefault("Content-Length", str(len(body)))
            for name, value in ((name, value) for name, value in sent.items() if value is not None):
                connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            received = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, received, response.read())
        finally:
            connection.close()

    def send_s3(
        self, method: str, target: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Sign an S3 request as the administrator, with any headers, and send it."""
        headers = headers or {}
        payload_hash = headers.get("x-amz-content-sha256", hashlib.sha256(body).hexdigest())

        class Signer(S3SigV4Auth):
            def payload(self, request: AWSRequest) -> str:
                return payload_hash

        request = AWSRequest(method, f"{self.url}{target}", headers=headers)
        Signer(Credentials("defaultkey", "defaultsecret"), "s3", "us-east-1").add_auth(request)
        return self.send(method, target, body, dict(request.headers.items()))

    def send_signed(
        self, service: str, target: str, body: bytes, function: str | None = None, sent: bytes | None = None
    ) -> tuple[int, Any]:
        """Sign a JSON body, send it or `sent` instead, and return the status and the document."""
        credentials = self.client(service, function)._request_signer._credentials
        request = AWSRequest("POST", f"{self.url}/", data=body, headers={"X-Amz-Target": target})
        SigV4Auth(credentials, service, "us-east-1").add_auth(request)
        reply = self.send("POST", "/", body if sent is None else sent, dict(request.headers.items()))
        return reply.status, json.loads(reply.body)

    def send_raw(self, head: str, body: bytes = b"") -> bytes:
        """Send a request line with headers, then this part of the body, then the end of the stream."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            lines = head.replace("\n", f"\nHost: 127.0.0.1:{self.port}\n", 1).replace("\n", "\r\n")
            connection.sendall(f"{lines}\r\n\r\n".encode() + body)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.fixture(scope="module")
def template_of() -> Callable[[Mapping[str, Any]], Any]:
    """Build stand-ins for a transformed template."""
    return lambda resources: SimpleNamespace(
        resources=lambda kind: resources.get(kind, {}), parameters={"DetectText": "true"}
    )


@pytest.fixture(scope="module")
def module_aws(template_of: Callable[[Mapping[str, Any]], Any]) -> Iterator[LocalAws]:
    events: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
    rekognition: Any = FakeRekognition()
    clock = Clock()
    template = template_of(RESOURCES)
    published: list[dict[str, Any]] = []
    endpoint = AwsEndpoint(
        template,
        rekognition,
        lambda function_id, event: events.put((function_id, event)),
        clock,
        on_event=published.append,
    )
    server = Server("127.0.0.1", 0, "AWS_PORT", AwsRequestHandler)
    server.serve(endpoint)
    aws = LocalAws(endpoint, rekognition, events, published, clock, server.url)
    provision(template, aws.client)
    yield aws
    server.stop()


@pytest.fixture
def aws(module_aws: LocalAws) -> LocalAws:
    """The endpoint of the module, without events or clock offset from other tests."""
    module_aws.clock.offset = timedelta(0)
    while not module_aws.events.empty():
        module_aws.events.get()
    module_aws.published.clear()
    return module_aws


@pytest.fixture
def key() -> str:
    """An unused key."""
    return f"uploads/public/{uuid.uuid4().hex}"
