"""Which permissions a request to S3 needs: from method, path and query to IAM's actions."""

from __future__ import annotations

from urllib.parse import unquote

from local.aws.http import Request, S3Resource
from local.aws.iam import Permission

# The subresources that a function may have a use for. Whoever asks for another one needs a permission
# that no policy can name, which leaves it to the stack's owner.
_OBJECT = {
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
_BUCKET = {
    ("GET", ""): "ListBucket",
    ("HEAD", ""): "ListBucket",
    ("GET", "versions"): "ListBucketVersions",
    ("GET", "uploads"): "ListBucketMultipartUploads",
    ("GET", "location"): "GetBucketLocation",
    ("GET", "cors"): "GetBucketCORS",
    ("GET", "versioning"): "GetBucketVersioning",
    ("GET", "encryption"): "GetEncryptionConfiguration",
    ("GET", "lifecycle"): "GetLifecycleConfiguration",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
}
# Parameters that change how an operation works, but not which one it is.
_PLAIN = {"partNumber", "x-id", "max-uploads", "max-keys", "list-type", "prefix", "delimiter", "marker"}
_PLAIN |= {"continuation-token", "start-after", "encoding-type", "fetch-owner", "key-marker", "max-parts"}
_PLAIN |= {"part-number-marker", "version-id-marker", "upload-id-marker"}


def required_permissions(request: Request, resource: S3Resource) -> list[Permission]:
    """List the permissions that the request needs, each with its resource."""
    if not resource.bucket:
        return [Permission("s3:ListAllMyBuckets", "*")]
    subresource = _subresource(request)
    if not resource.raw_key:
        if (request.method, subresource) == ("POST", "delete"):  # the keys are in the body: any key, then
            return [Permission("s3:DeleteObject", f"{resource.bucket_arn}/*")]
        return [_permission(_BUCKET, request.method, subresource, resource.bucket_arn)]
    permissions = [_permission(_OBJECT, request.method, subresource, resource.arn)]
    if request.method == "PUT" and subresource in ("", "uploadId"):
        permissions += _also_for_put(request, resource)
    return permissions


def list_permission(resource: S3Resource) -> Permission:
    """Without this one, S3 does not tell that an object is missing."""
    return Permission("s3:ListBucket", resource.bucket_arn)


def _also_for_put(request: Request, resource: S3Resource) -> list[Permission]:
    permissions = []
    if source := request.headers.get("x-amz-copy-source"):
        path = unquote(source.partition("?")[0]).removeprefix("/")
        permissions.append(Permission("s3:GetObject", f"arn:aws:s3:::{path}"))
    if "x-amz-acl" in request.headers or any(name.startswith("x-amz-grant-") for name in request.headers):
        permissions.append(Permission("s3:PutObjectAcl", resource.arn))
    if "x-amz-tagging" in request.headers:
        permissions.append(Permission("s3:PutObjectTagging", resource.arn))
    return permissions


def _permission(
    table: dict[tuple[str, str], str], method: str, subresource: str, resource: str
) -> Permission:
    return Permission(f"s3:{table.get((method, subresource), f'{method} ?{subresource}')}", resource)


def _subresource(request: Request) -> str:
    names = [
        name
        for name, _ in request.pairs
        if name not in _PLAIN and not name.lower().startswith(("x-amz-", "response-"))
    ]
    known = {subresource for _, subresource in (*_OBJECT, *_BUCKET)}
    # One that is not known decides, so that nobody slips past it by naming a known one as well.
    return next((name for name in names if name not in known), names[0] if names else "")
