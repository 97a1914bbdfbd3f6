"""The settings of the template's buckets, as GetBucketCors and the like return them.

CloudFormation's names differ from S3's. botocore's serializer writes S3's XML: a Put operation sends the same
document that the Get operation returns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.serialize import create_serializer
from werkzeug.datastructures import Headers

from local.aws.http import Request, Response, S3Resource
from local.aws.notifications import configuration_id
from local.aws.s3_errors import S3Error
from local.aws.s3_permissions import find_subresource
from local.template.names import resources_by_name
from local.template.template import TemplateError

if TYPE_CHECKING:
    from local.template.template import Template

_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_LIFECYCLE_RULE = {"Id", "Status", "Prefix", "ExpirationInDays", "AbortIncompleteMultipartUpload"}
# Kept in lists with one id each, and not part of a template here
_LISTED = ("analytics", "intelligent-tiering", "inventory", "metrics")


@dataclass(frozen=True)
class _Setting:
    """How a property of a bucket becomes the document of a subresource."""

    property: str  # in the template
    operation: str  # of S3, without "Put"
    # (bucket's name, the property or None if the template doesn't set it) → a member of the operation's input
    convert: Callable[[str, Any], Mapping[str, Any]]
    missing: tuple[str, str] | None = None  # S3's error if the property isn't set; None: there is a default


def _cors(bucket: str, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    names = {"Id": "ID", "ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}
    return {"CORSRules": [_renamed(rule, names) for rule in configuration["CorsRules"]]}


def _lifecycle(bucket: str, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in configuration["Rules"]]}


def _lifecycle_rule(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    if unsupported := sorted(rule.keys() - _LIFECYCLE_RULE):
        raise TemplateError(f"The local stack doesn't support {unsupported[0]} in a lifecycle rule.")
    kept = {key: rule[key] for key in ("Status", "AbortIncompleteMultipartUpload") if key in rule}
    if "ExpirationInDays" in rule:
        kept["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    return {**kept, "ID": rule["Id"], "Filter": {"Prefix": rule.get("Prefix", "")}}


def _notification(bucket: str, configuration: Mapping[str, Any] | None) -> Mapping[str, Any]:
    functions = []
    for index, function in enumerate((configuration or {}).get("LambdaConfigurations", [])):
        converted = {
            "Id": configuration_id(bucket, index),
            "LambdaFunctionArn": function["Function"],
            "Events": [function["Event"]],
        }
        if rules := function.get("Filter", {}).get("S3Key", {}).get("Rules"):
            converted["Filter"] = {"Key": {"FilterRules": rules}}
        functions.append(converted)
    return {"LambdaFunctionConfigurations": functions} if functions else {}


def _encryption(bucket: str, configuration: Mapping[str, Any] | None) -> Mapping[str, Any]:
    default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}  # S3's since January 2023
    rules = (configuration or {}).get("ServerSideEncryptionConfiguration", [default])
    names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {"Rules": [{"BucketKeyEnabled": False, **_renamed(rule, names)} for rule in rules]}


def _public_access_block(bucket: str, configuration: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if configuration is None:
        return dict.fromkeys(_BLOCKS, True)  # S3's default since April 2023
    return {name: bool(configuration.get(name, False)) for name in _BLOCKS}


def _ownership(bucket: str, configuration: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return configuration or {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}  # the default, as above


def _logging(bucket: str, configuration: Mapping[str, Any] | None) -> Mapping[str, Any]:
    if configuration is None:
        return {}
    target = configuration.get("DestinationBucketName", bucket)
    return {
        "LoggingEnabled": {"TargetBucket": target, "TargetPrefix": configuration.get("LogFilePrefix", "")}
    }


_SETTINGS = {
    "cors": _Setting(
        "CorsConfiguration",
        "BucketCors",
        _cors,
        missing=("NoSuchCORSConfiguration", "The CORS configuration does not exist"),
    ),
    "encryption": _Setting("BucketEncryption", "BucketEncryption", _encryption),
    "lifecycle": _Setting(
        "LifecycleConfiguration",
        "BucketLifecycleConfiguration",
        _lifecycle,
        missing=("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"),
    ),
    "logging": _Setting("LoggingConfiguration", "BucketLogging", _logging),
    "notification": _Setting("NotificationConfiguration", "BucketNotificationConfiguration", _notification),
    "ownershipControls": _Setting("OwnershipControls", "BucketOwnershipControls", _ownership),
    "publicAccessBlock": _Setting(
        "PublicAccessBlockConfiguration", "PublicAccessBlock", _public_access_block
    ),
    "requestPayment": _Setting(
        "RequestPayment", "BucketRequestPayment", lambda bucket, configuration: {"Payer": "BucketOwner"}
    ),
    "tagging": _Setting(
        "Tags",
        "BucketTagging",
        lambda bucket, tags: {"TagSet": tags},
        missing=("NoSuchTagSet", "The TagSet does not exist"),
    ),
}
_NO_POLICY = ("NoSuchBucketPolicy", "The bucket policy does not exist")


class BucketSettings:
    """The documents of every bucket in the template, by subresource. They can't be changed."""

    def __init__(self, template: Template) -> None:
        """Raises TemplateError."""
        policies = {
            policy["Bucket"]: policy["PolicyDocument"]
            for policy in template.resources("AWS::S3::BucketPolicy").values()
        }
        write = _serializer()
        self._documents = {
            bucket: {
                **_policy_documents(policies.get(bucket)),
                **{name: write(setting, bucket, properties) for name, setting in _SETTINGS.items()},
            }
            for bucket, properties in resources_by_name(template, "AWS::S3::Bucket").items()
        }

    def respond(self, request: Request, resource: S3Resource) -> Response | None:
        """Respond to a request for a setting. Return None to any other request. Raises S3Error."""
        documents = self._documents.get(resource.bucket)
        if documents is None or resource.raw_key:
            return None
        name = find_subresource(request)
        if name in _LISTED and "id" in dict(request.query_pairs) and request.method == "GET":
            raise S3Error("NoSuchConfiguration", "The specified configuration does not exist.")
        if name not in documents:
            return None
        if request.method != "GET":
            raise S3Error(
                "NotImplemented", f"Change ?{name} in template.yaml, then start the local stack again."
            )
        document = documents[name]
        if isinstance(document, tuple):
            raise S3Error(*document)
        content_type = "application/xml" if document.startswith("<") else "application/json"
        return Response(200, Headers({"Content-Type": content_type}), document.encode())


def _serializer() -> Callable[[_Setting, str, Mapping[str, Any]], str | tuple[str, str]]:
    """Return a function that writes a bucket's document: its text, or the code and message of S3's error."""
    service: Any = botocore.session.get_session().get_service_model("s3")
    serializer: Any = create_serializer(service.protocol)

    def write(setting: _Setting, bucket: str, properties: Mapping[str, Any]) -> str | tuple[str, str]:
        value = properties.get(setting.property)
        if value is None and setting.missing:
            return setting.missing
        operation = service.operation_model(f"Put{setting.operation}")
        payload = operation.input_shape.serialization["payload"]
        document = {"Bucket": bucket, payload: setting.convert(bucket, value)}
        body: bytes = serializer.serialize_to_request(document, operation)["body"]
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{body.decode()}'

    return write


def _policy_documents(policy: Mapping[str, Any] | None) -> dict[str, str | tuple[str, str]]:
    if policy is None:
        return {"policy": _NO_POLICY, "policyStatus": _NO_POLICY}
    is_public = str(any(map(_is_public, policy["Statement"]))).lower()
    namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    status = f'<PolicyStatus xmlns="{namespace}"><IsPublic>{is_public}</IsPublic></PolicyStatus>'
    return {"policy": json.dumps(policy), "policyStatus": status}


def _is_public(statement: Mapping[str, Any]) -> bool:
    everyone: Iterable[Any] = ("*", {"AWS": "*"})
    return (
        statement["Effect"] == "Allow" and statement["Principal"] in everyone and "Condition" not in statement
    )


def _renamed(properties: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in properties.items()}
