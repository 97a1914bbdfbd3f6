"""S3 with its own checks in front of moto, which makes none."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable
from datetime import datetime

from local.aws.http import Request, Response, S3Resource, find_s3_resource
from local.aws.iam import Caller, Callers
from local.aws.moto_apps import Moto
from local.aws.notifications import Notifications, ObjectCreated
from local.aws.s3_auth import caller_of
from local.aws.s3_body import CHECKSUM_HEADERS, read_body, require_length
from local.aws.s3_cors import BucketCors
from local.aws.s3_errors import S3Error, access_denied, request_id
from local.aws.s3_permissions import list_permission, required_permissions

_LONGEST_KEY = 1024  # bytes
_STRIPES = 64
_NOT_THE_OBJECT = {"uploadId", "acl", "tagging", "retention", "legal-hold"}  # a PUT of something about it
_MOTO_CHECKSUM = "x-amz-sdk-checksum-algorithm"


class S3Guard:
    """Answers requests to S3."""

    def __init__(
        self,
        moto: Moto,
        callers: Callers,
        cors: BucketCors,
        notifications: Notifications,
        now: Callable[[], datetime],
    ) -> None:
        self._moto = moto
        self._callers = callers
        self._cors = cors
        self._notifications = notifications
        self._now = now
        self._locks = tuple(threading.Lock() for _ in range(_STRIPES))

    def handle(self, request: Request) -> Response:
        resource = find_s3_resource(request)
        if request.method == "OPTIONS":
            return self._preflight(request, resource)
        try:
            response = self._serve(request, resource)
        except S3Error as error:
            response = error.to_response(request.method)
        return response.with_headers(self._cors.headers_for(request, resource.bucket))

    def _preflight(self, request: Request, resource: S3Resource) -> Response:
        try:
            return self._cors.preflight(request, resource.bucket)
        except S3Error as error:
            return error.to_response(request.method)

    def _serve(self, request: Request, resource: S3Resource) -> Response:
        _check_key(resource)
        _check_overrides(request)
        if request.method == "PUT":
            require_length(request)
        caller = caller_of(request, self._callers, self._now)
        lacking = caller.refusal(required_permissions(request, resource))
        if lacking is not None:
            raise access_denied(lacking)
        body, headers = read_body(request)
        for name in CHECKSUM_HEADERS & headers.keys():  # moto keeps a checksum only if pointed at
            headers = {_MOTO_CHECKSUM: name.rpartition("-")[2].upper(), **headers}
        with self._lock(resource):  # moto looks for an object, then writes one: nobody may come between
            done = self._moto.s3(request.method, resource, request.query, headers, body, request.environ)
            response = _tidied(request, self._as_s3_would(request, resource, caller, done))
            created = self._created(request, resource, caller, response, len(body))
            if created is not None:
                self._notifications.publish(created)
        return response

    def _lock(self, resource: S3Resource) -> threading.Lock:
        return self._locks[zlib.crc32(resource.arn.encode()) % _STRIPES]

    def _as_s3_would(
        self, request: Request, resource: S3Resource, caller: Caller, response: Response
    ) -> Response:
        missing = response.status == 404 and resource.raw_key and request.method in ("GET", "HEAD")
        if missing and (lacking := caller.refusal([list_permission(resource)])):
            return access_denied(lacking).to_response(request.method)
        return response

    def _created(
        self, request: Request, resource: S3Resource, caller: Caller, response: Response, size: int
    ) -> ObjectCreated | None:
        """Say what has been created, if anything has."""
        how = _how(request, resource)
        if how is None or response.status != 200 or b"<Error>" in response.body[:200]:
            return None
        stored = self._moto.s3("HEAD", resource)
        return ObjectCreated(
            bucket=resource.bucket,
            key=resource.key,
            how=how,
            size=size if how == "Put" else int(stored.header("content-length") or 0),
            etag=(stored.header("etag") or "").strip('"'),
            version_id=stored.header("x-amz-version-id"),
            principal=caller.principal,
            source_ip=request.source_ip,
            request_id=response.headers["x-amz-request-id"],
        )


def _tidied(request: Request, response: Response) -> Response:
    """Name the request as S3 does, and leave out what S3 never says."""
    foreign = {_MOTO_CHECKSUM, "server", "x-amzn-requestid"}
    if not response.body and request.method != "HEAD":
        foreign.add("content-type")
    named = {"Server": "AmazonS3", "x-amz-request-id": response.header("x-amzn-requestid") or request_id()}
    kept = {name: value for name, value in response.headers.items() if name.lower() not in foreign}
    return Response(response.status, {**named, **kept}, response.body)


def _how(request: Request, resource: S3Resource) -> str | None:
    if not resource.raw_key:
        return None
    if (
        request.method == "PUT"
        and not {"uploadId", "acl", "tagging", "retention"} & request.parameters.keys()
    ):
        return "Copy" if "x-amz-copy-source" in request.headers else "Put"
    if request.method == "POST" and "uploadId" in request.parameters:
        return "CompleteMultipartUpload"
    return None


def _check_key(resource: S3Resource) -> None:
    try:
        size = len(resource.key.encode())
    except UnicodeDecodeError as error:
        raise S3Error("InvalidURI", "Couldn't parse the specified URI.") from error
    if size > _LONGEST_KEY:
        raise S3Error(
            "KeyTooLongError", "Your key is too long", Size=str(size), MaxSizeAllowed=str(_LONGEST_KEY)
        )


def _check_overrides(request: Request) -> None:
    """An answer's headers, which a presigned URL may choose, have but one alphabet."""
    for name, value in request.parameters.items():
        if name.startswith("response-") and not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", value):
            raise S3Error(
                "InvalidArgument",
                "Header value cannot be represented using ISO-8859-1.",
                ArgumentName=name,
                ArgumentValue=value,
            )
