"""The IAM permissions that an S3 request requires, derived from its method, path and query."""

from __future__ import annotations

from urllib.parse import unquote

from local.aws.http import Request, S3Resource
from local.aws.iam import Permission

# The subresources that a function may need. Any other one maps to an action that no policy can name,
# so that only the stack's administrator may use it.
_OBJECT_ACTIONS = {
    ("GET", ""): "GetObject",
    ("GET", "versionId"): "GetObjectVersion",
    ("GET", "acl"): "GetObjectAcl",
    ("GET", "tagging"): "GetObjectTagging",
    ("GET", "attributes"): "GetObjectAttributes",
    ("GET", "uploadId"): "ListMultipartUploadParts",
    ("HEAD", ""): "GetObject",
    ("HEAD", "versionId"): "GetObjectVersion",
    ("PUT", ""): "PutObject",
    ("PUT", "uploadId"): "PutObject",
    ("PUT", "acl"): "PutObjectAcl",
    ("PUT", "tagging"): "PutObjectTagging",
    ("POST", "uploads"): "PutObject",
    ("POST", "uploadId"): "PutObject",
    ("DELETE", ""): "DeleteObject",
    ("DELETE", "versionId"): "DeleteObjectVersion",
    ("DELETE", "tagging"): "DeleteObjectTagging",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
}
_BUCKET_ACTIONS = {
    ("GET", ""): "ListBucket",
    ("HEAD", ""): "ListBucket",
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "uploads"): "ListBucketMultipartUploads",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "cors"): "GetBucketCORS",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "encryption"): "GetEncryptionConfiguration",
    ("GET", "lifecycle"): "GetLifecycleConfiguration",
    ("GET", "logging"): "GetBucketLogging",
    ("GET", "notification"): "GetBucketNotification",
    ("GET", "ownershipControls"): "GetBucketOwnershipControls",
    ("GET", "policy"): "GetBucketPolicy",
    ("GET", "policyStatus"): "GetBucketPolicyStatus",
    ("GET", "publicAccessBlock"): "GetBucketPublicAccessBlock",
    ("GET", "requestPayment"): "GetBucketRequestPayment",
    ("GET", "tagging"): "GetBucketTagging",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
}
_SUBRESOURCES = {subresource for _, subresource in (*_OBJECT_ACTIONS, *_BUCKET_ACTIONS)}
# Parameters that modify an operation but do not select one.
_MODIFIERS = {"partNumber", "x-id", "max-uploads", "max-keys", "list-type", "prefix", "delimiter", "marker"}
_MODIFIERS |= {"continuation-token", "start-after", "encoding-type", "fetch-owner", "key-marker", "max-parts"}
_MODIFIERS |= {"part-number-marker", "version-id-marker", "upload-id-marker"}


def required_permissions(request: Request, resource: S3Resource) -> list[Permission]:
    if not resource.bucket:
        return [Permission("s3:ListAllMyBuckets", "*")]
    operation = request.method, find_subresource(request)
    if not resource.raw_key:
        if operation == ("POST", "delete"):  # the keys are in the body, so require all of them
            return [Permission("s3:DeleteObject", f"{resource.bucket_arn}/*")]
        return [_permission(_BUCKET_ACTIONS, operation, resource.bucket_arn)]
    permissions = [_permission(_OBJECT_ACTIONS, operation, resource.arn)]
    if operation in (("PUT", ""), ("PUT", "uploadId")):
        permissions += _put_permissions(request, resource)
    return permissions


def list_permission(resource: S3Resource) -> Permission:
    """Return the permission without which S3 hides that an object is missing."""
    return Permission("s3:ListBucket", resource.bucket_arn)


def _put_permissions(request: Request, resource: S3Resource) -> list[Permission]:
    """List what the headers of a PUT require in addition."""
    permissions = []
    if source := request.headers.get("x-amz-copy-source"):
        path = unquote(source.partition("?")[0]).removeprefix("/")
        permissions.append(Permission("s3:GetObject", f"arn:aws:s3:::{path}"))
    if "x-amz-acl" in request.headers or any(name.startswith("x-amz-grant-") for name in request.headers):
        permissions.append(Permission("s3:PutObjectAcl", resource.arn))
    if "x-amz-tagging" in request.headers:
        permissions.append(Permission("s3:PutObjectTagging", resource.arn))
    return permissions


def _permission(actions: dict[tuple[str, str], str], operation: tuple[str, str], arn: str) -> Permission:
    method, subresource = operation
    return Permission(f"s3:{actions.get(operation, f'{method} ?{subresource}')}", arn)


def find_subresource(request: Request) -> str:
    """Return the query parameter that selects the operation, or an empty string."""
    names = [
        name
        for name, _ in request.query_pairs
        if name not in _MODIFIERS and not name.lower().startswith(("x-amz-", "response-"))
    ]
    # An unknown one wins, so that adding a known one cannot hide it.
    return next((name for name in names if name not in _SUBRESOURCES), names[0] if names else "")
