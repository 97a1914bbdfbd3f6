"""The arguments of an S3 request, checked as S3 does. moto accepts wrong ones, or fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from local.aws.http import Request, S3Resource
from local.aws.s3_errors import S3Error
from local.aws.s3_permissions import find_subresource

_MAX_INTEGER = 2**31 - 1
_MAX_PARTS = 10_000
_MAX_METADATA_BYTES = 2048
_METADATA = "x-amz-meta-"
# The name of each parameter that limits a list, and its name in S3's message about a negative number
_LIMITS = {"max-keys": "maxKeys", "max-uploads": "max-uploads", "max-parts": "max-parts"}
_LIMITS |= {"part-number-marker": "part-number-marker"}
_CANNED_ACLS = {"private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read"}
_CANNED_ACLS |= {"bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"}
_GRANTEES = re.compile(r' *(id|uri|emailAddress)="?[^",=]+"?( *, *(id|uri|emailAddress)="?[^",=]+"?)* *')
_VERSION_ID = re.compile("null|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")  # moto's are UUIDs
_CONDITIONAL_DATES = ("if-modified-since", "if-unmodified-since")
_METHODS = {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"}


def check_arguments(request: Request) -> None:
    """Reject arguments that S3 rejects, whatever the operation. Raises S3Error."""
    for name, value in request.query_pairs:
        _check_parameter(name, value)
    parameters = dict(request.query_pairs)
    if request.method == "PUT" and "partNumber" in parameters and "uploadId" not in parameters:
        message = "This operation does not accept partNumber without uploadId"
        raise _invalid("partNumber", parameters["partNumber"], message)
    _check_headers(request.headers)
    _check_metadata(request.headers)


def without_invalid_dates(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Ignore a condition whose date is not valid (RFC 9110, 13.1.3 and 13.1.4)."""
    return {
        name: value
        for name, value in headers.items()
        if name not in _CONDITIONAL_DATES or _parse_date(value) is not None
    }


def explain_failure(request: Request, resource: S3Resource) -> S3Error | None:
    """Return the error of a request on which moto failed, or None if the request isn't to blame."""
    parameters, subresource = dict(request.query_pairs), find_subresource(request)
    posts_object = request.method == "POST" and not subresource
    if posts_object and "multipart/form-data" in request.headers.get("content-type", ""):
        message = "A header you provided implies functionality that is not implemented"
        return S3Error("NotImplemented", message)
    if posts_object or request.method not in _METHODS:
        message = "The specified method is not allowed against this resource."
        return S3Error("MethodNotAllowed", message, Method=request.method)
    if "continuation-token" in parameters:
        return _invalid_token(parameters["continuation-token"])
    if "uploadId" in parameters and request.method != "POST":
        return S3Error(
            "NoSuchUpload",
            "The specified upload does not exist. The upload ID may be invalid, or the upload may have been"
            " aborted or completed.",
            UploadId=parameters["uploadId"],
        )
    if request.method in ("PUT", "POST") and (subresource or not resource.raw_key):  # has a body of XML
        return S3Error(
            "MalformedXML",
            "The XML you provided was not well-formed or did not validate against our published schema",
        )
    return None


def _check_parameter(name: str, value: str) -> None:
    if name in _LIMITS:
        _check_limit(name, value)
    elif name == "max-buckets" and not 1 <= _parse_integer(value) <= _MAX_PARTS:
        raise _invalid("max-buckets", value, "Argument max-buckets must be an integer between 1 and 10000.")
    elif name == "partNumber" and not 1 <= _parse_integer(value) <= _MAX_PARTS:
        raise _invalid("partNumber", value, "Part number must be an integer between 1 and 10000, inclusive")
    elif name == "encoding-type" and value != "url":
        raise _invalid(name, value, "Invalid Encoding Method specified in Request")
    elif name == "versionId" and not _VERSION_ID.fullmatch(value):
        raise _invalid(name, value, "Invalid version id specified")
    elif name == "continuation-token" and not value:
        raise _invalid_token(value)


def _check_limit(name: str, value: str) -> None:
    number = _parse_integer(value)
    if abs(number) > _MAX_INTEGER:
        raise _invalid(name, value, f"Provided {name} not an integer or within integer range")
    if number < 0:
        argument = _LIMITS[name]
        message = f"Argument {argument} must be an integer between 0 and {_MAX_INTEGER}"
        raise _invalid(argument, value, message)


def _check_headers(headers: Mapping[str, str]) -> None:
    source = headers.get("x-amz-copy-source")
    if source is not None and not re.fullmatch(r"/?[^/]+/.+", unquote(source), re.DOTALL):
        message = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise _invalid("x-amz-copy-source", source, message)
    acl = headers.get("x-amz-acl")
    if acl is not None and acl not in _CANNED_ACLS:
        raise _invalid("x-amz-acl", acl, "")
    for name, value in headers.items():
        if name.startswith("x-amz-grant-") and not _GRANTEES.fullmatch(value):
            raise _invalid(name, value, "Argument format not recognized")


def _check_metadata(headers: Mapping[str, str]) -> None:
    # Header values are Latin-1 characters here, each of which is one byte as sent.
    size = sum(
        len(name) - len(_METADATA) + len(value)
        for name, value in headers.items()
        if name.startswith(_METADATA)
    )
    if size > _MAX_METADATA_BYTES:
        raise S3Error(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            Size=str(size),
            MaxSizeAllowed=str(_MAX_METADATA_BYTES),
        )


def _parse_integer(text: str) -> int:
    """Parse a decimal number; anything else becomes a number out of every range."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,20}", text) else -_MAX_INTEGER - 1


def _parse_date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except ValueError:
        return None


def _invalid_token(value: str) -> S3Error:
    return _invalid("continuation-token", value, "The continuation token provided is incorrect")


def _invalid(name: str, value: str, message: str) -> S3Error:
    return S3Error("InvalidArgument", message, ArgumentName=name, ArgumentValue=value)
