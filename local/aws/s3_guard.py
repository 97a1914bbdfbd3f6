"""S3's own checks in front of moto, which makes none of them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from local.aws.http import Request, Response, S3Resource
from local.aws.iam import Caller, Callers
from local.aws.moto_apps import Moto
from local.aws.notifications import CreatedObject, Notifications
from local.aws.object_store import ObjectStore, changed_keys
from local.aws.s3_arguments import check_arguments, explain_failure, without_invalid_dates
from local.aws.s3_auth import authenticate
from local.aws.s3_body import check_length, read_body
from local.aws.s3_checksums import SDK_ALGORITHM, checksum_header
from local.aws.s3_cors import BucketCors
from local.aws.s3_errors import S3Error, access_denied
from local.aws.s3_permissions import list_permission, required_permissions
from local.aws.s3_settings import BucketSettings

_MAX_KEY_BYTES = 1024  # S3's limit
_SUBRESOURCES = {"uploadId", "acl", "tagging", "retention"}  # a PUT to one of these creates no object


class S3Guard:
    """Verifies an S3 request, lets moto handle it and publishes the event of a new object."""

    def __init__(
        self,
        moto: Moto,
        callers: Callers,
        cors: BucketCors,
        settings: BucketSettings,
        notifications: Notifications,
        objects: ObjectStore,
        now: Callable[[], datetime],
    ) -> None:
        self._moto = moto
        self._callers = callers
        self._cors = cors
        self._settings = settings
        self._notifications = notifications
        self._objects = objects
        self._now = now
        # One lock for each object: moto's If-None-Match is not atomic, nor is a GET during a DELETE.
        self._locks: dict[str, threading.Lock] = {}

    def handle(self, request: Request) -> Response:
        resource = S3Resource.from_request(request)
        try:
            if request.method == "OPTIONS":
                return self._cors.preflight(request, resource.bucket)
            response = self._serve(request, resource)
        except S3Error as error:
            response = error.to_response(request.method)
        if request.method != "OPTIONS":
            response.headers.update(self._cors.headers_for(request, resource.bucket))
        return response

    def _serve(self, request: Request, resource: S3Resource) -> Response:
        _check_key(resource)
        _check_response_overrides(request)
        if request.method == "PUT":
            check_length(request)
        caller = authenticate(request, self._callers, self._now)
        request = request.with_query_headers()
        denial = caller.denial_message(required_permissions(request, resource))
        if denial is not None:
            raise access_denied(denial)
        check_arguments(request)
        body, headers = read_body(request)
        if (response := self._settings.respond(request, resource)) is not None:
            _set_s3_headers(request, response)
            return response
        if name := checksum_header(headers):  # moto stores a checksum only if this header names it
            headers = {**headers, SDK_ALGORITHM: name.rpartition("-")[2].upper()}
        with self._locks.setdefault(resource.arn, threading.Lock()):
            response = self._call_moto(request, resource, headers, body)
            response = _hide_missing_object(request, resource, caller, response)
            _set_s3_headers(request, response)
            if response.status < 300 and (keys := changed_keys(request, resource, body)):
                created = self._find_created(request, resource, caller, response, len(body))
                with self._objects.saving(resource.bucket, keys):
                    if created is not None:
                        self._notifications.publish(created)
        return response

    def _call_moto(
        self, request: Request, resource: S3Resource, headers: Mapping[str, str], body: bytes
    ) -> Response:
        headers = without_invalid_dates(headers)
        try:
            return self._moto.call_s3(request.method, resource, request.query, headers, body)
        except Exception as error:  # moto validates little: most of its own errors are the request's
            explained = explain_failure(request, resource)
            if explained is None:
                raise
            raise explained from error

    def _find_created(
        self, request: Request, resource: S3Resource, caller: Caller, response: Response, size: int
    ) -> CreatedObject | None:
        """Describe the object that the request created. Return None if it created none."""
        operation = _create_operation(request, resource)
        if operation is None or response.status != 200 or b"<Error>" in response.body[:200]:
            return None
        head = self._moto.call_s3("HEAD", resource)
        return CreatedObject(
            bucket=resource.bucket,
            key=resource.key,
            operation=operation,
            size=size if operation == "Put" else int(head.headers["content-length"]),
            etag=head.headers["etag"].strip('"'),
            version_id=head.headers.get("x-amz-version-id"),
            principal_id=caller.principal_id,
            source_ip=request.source_ip,
            request_id=response.headers["x-amz-request-id"],
        )


def _hide_missing_object(
    request: Request, resource: S3Resource, caller: Caller, response: Response
) -> Response:
    """Turn a 404 for an object into a 403 for callers without s3:ListBucket, as S3 does."""
    missing = response.status == 404 and resource.raw_key and request.method in ("GET", "HEAD")
    if missing and (denial := caller.denial_message([list_permission(resource)])):
        return access_denied(denial).to_response(request.method)
    return response


def _set_s3_headers(request: Request, response: Response) -> None:
    """Add the headers that S3 always sends, and remove those that only moto sends."""
    response.headers["Server"] = "AmazonS3"
    response.headers.setdefault("x-amz-request-id", response.headers.get("x-amzn-requestid", "local"))
    removed = [SDK_ALGORITHM, "x-amzn-requestid"]
    if not response.body and request.method != "HEAD":
        removed.append("content-type")
    for name in removed:
        response.headers.remove(name)


def _create_operation(request: Request, resource: S3Resource) -> str | None:
    """Return the last part of the event's name, or None if the request cannot create an object."""
    if not resource.raw_key:
        return None
    parameters = {name for name, _ in request.query_pairs}
    if request.method == "PUT" and not _SUBRESOURCES & parameters:
        return "Copy" if "x-amz-copy-source" in request.headers else "Put"
    if request.method == "POST" and "uploadId" in parameters:
        return "CompleteMultipartUpload"
    return None


def _check_key(resource: S3Resource) -> None:
    try:
        size = len(resource.key.encode())
    except UnicodeDecodeError as error:
        raise S3Error("InvalidURI", "Couldn't parse the specified URI.") from error
    if size > _MAX_KEY_BYTES:
        raise S3Error(
            "KeyTooLongError", "Your key is too long", Size=str(size), MaxSizeAllowed=str(_MAX_KEY_BYTES)
        )


def _check_response_overrides(request: Request) -> None:
    """Reject values that cannot be sent as the response headers that a URL asks for."""
    for name, value in request.query_pairs:
        if name.startswith("response-") and not re.fullmatch(r"[\t\x20-\x7e\xa0-\xff]*", value):
            raise S3Error(
                "InvalidArgument",
                "Header value cannot be represented using ISO-8859-1.",
                ArgumentName=name,
                ArgumentValue=value,
            )
