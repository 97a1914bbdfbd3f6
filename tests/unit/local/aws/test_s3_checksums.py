"""Checksums of uploads, in headers, trailers and the query of a presigned URL."""

from __future__ import annotations

import base64
import hashlib
import zlib
from typing import Any

import boto3
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

INPUT = "local-input-123456789012-us-east-1"
BODY = b"123456789"
# The digest of BODY: for CRCs, the check value in the catalogue of parametrised CRC algorithms.
DIGESTS = {
    "CRC32": "cbf43926",
    "CRC32C": "e3069283",
    "CRC64NVME": "ae8b14860a799888",
    "MD5": "25f9e794323b453885f5181f1b624d0b",
    "SHA1": "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
    "SHA256": "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
    "SHA512": hashlib.sha512(BODY).hexdigest(),
    "XXHASH64": "8cb841db40e6ae83",
}
CHECKSUMS = {name: base64.b64encode(bytes.fromhex(digest)).decode() for name, digest in DIGESTS.items()}


def header(algorithm: str) -> str:
    return f"x-amz-checksum-{algorithm.lower()}"


def presign_with_query(aws: Any, key: str, parameters: dict[str, str]) -> str:
    """Sign checksums as query parameters, as the AWS SDK for JavaScript does."""
    request = AWSRequest("PUT", f"{aws.url}/{INPUT}/{key}", params=parameters)
    S3SigV4QueryAuth(Credentials("defaultkey", "defaultsecret"), "s3", "us-east-1").add_auth(request)
    return str(request.url)


def test_covers_every_algorithm_of_botocore() -> None:
    shape: Any = boto3.client("s3", "us-east-1").meta.service_model.shape_for("ChecksumAlgorithm")
    assert set(shape.enum) == {*DIGESTS, "XXHASH3", "XXHASH128"}


@pytest.mark.parametrize("algorithm", DIGESTS)
def test_verifies_a_checksum_in_a_header(aws: Any, key: str, algorithm: str) -> None:
    s3 = aws.client("s3")
    checksum = {f"Checksum{algorithm}": CHECKSUMS[algorithm]}
    stored = s3.put_object(Bucket=INPUT, Key=key, Body=BODY, **checksum)
    assert checksum.items() <= stored.items()
    error = aws.call_error(s3.put_object, Bucket=INPUT, Key=key, Body=b"other", **checksum)
    message = f"The {algorithm} you specified did not match the calculated checksum."
    assert error == (400, "BadDigest", message)
    kept = s3.get_object(Bucket=INPUT, Key=key, ChecksumMode="ENABLED")
    assert (kept["Body"].read(), kept[f"Checksum{algorithm}"]) == (BODY, CHECKSUMS[algorithm])


@pytest.mark.parametrize(
    "algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "XXHASH3", "XXHASH128"]
)
def test_accepts_the_checksums_of_boto3(aws: Any, key: str, algorithm: str) -> None:
    aws.client("s3").put_object(Bucket=INPUT, Key=key, Body=BODY, ChecksumAlgorithm=algorithm)


@pytest.mark.parametrize("algorithm", DIGESTS)
def test_verifies_a_checksum_in_the_query(aws: Any, key: str, algorithm: str) -> None:
    url = presign_with_query(aws, key, {header(algorithm): CHECKSUMS[algorithm]})
    assert aws.send("PUT", url, BODY).status == 200
    message = f"The {algorithm} you specified did not match the calculated checksum."
    assert aws.send("PUT", url, b"other").error == (400, "BadDigest", message)


def test_stores_metadata_from_the_query(aws: Any, key: str) -> None:
    algorithm = {"x-amz-sdk-checksum-algorithm": "CRC32"}  # without a checksum, as some SDKs do
    url = presign_with_query(aws, key, {"X-Amz-Meta-Camera": "a b", **algorithm})
    assert aws.send("PUT", url, BODY).status == 200
    assert aws.client("s3").head_object(Bucket=INPUT, Key=key)["Metadata"] == {"camera": "a b"}


@pytest.mark.parametrize("algorithm", ["CRC32C", "CRC64NVME", "SHA256"])
@pytest.mark.parametrize("checksum", ["", "not Base64!", "é", base64.b64encode(b"short").decode()])
def test_rejects_a_malformed_checksum(aws: Any, key: str, algorithm: str, checksum: str) -> None:
    url = presign_with_query(aws, key, {header(algorithm): checksum})
    message = f"Value for {header(algorithm)} header is invalid."
    assert aws.send("PUT", url, BODY).error == (400, "InvalidRequest", message)


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (
            {header("CRC32"): CHECKSUMS["CRC32"], header("CRC32C"): CHECKSUMS["CRC32C"]},
            "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
        ),
        ({header("CRC16"): "AAA="}, "The algorithm type you specified in x-amz-checksum- header is invalid."),
        (
            {"x-amz-sdk-checksum-algorithm": "CRC16"},
            "Value for x-amz-sdk-checksum-algorithm header is invalid.",
        ),
        (
            {"x-amz-sdk-checksum-algorithm": "SHA1", header("CRC32"): CHECKSUMS["CRC32"]},
            "Value for x-amz-sdk-checksum-algorithm header is invalid.",
        ),
        (
            {"x-amz-sdk-checksum-algorithm": "CRC32"},
            "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer"
            " headers were found.",
        ),
    ],
)
def test_rejects_contradicting_headers(aws: Any, key: str, headers: dict[str, str], message: str) -> None:
    reply = aws.send_s3("PUT", f"/{INPUT}/{key}", BODY, headers)
    assert reply.error == (400, "InvalidRequest", message)


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "MD5"])
def test_verifies_a_checksum_in_a_trailer(aws: Any, key: str, algorithm: str) -> None:
    def upload(checksum: str, trailer: str = header(algorithm)) -> Any:
        stream = b"%x\r\n%b\r\n0\r\n%b:%b\r\n\r\n" % (len(BODY), BODY, trailer.encode(), checksum.encode())
        headers = {
            "Content-Encoding": "aws-chunked",
            "x-amz-decoded-content-length": str(len(BODY)),
            "x-amz-trailer": trailer,
            "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        }
        return aws.send_s3("PUT", f"/{INPUT}/{key}", stream, headers)

    assert upload(CHECKSUMS[algorithm]).status == 200
    wrong = base64.b64encode(bytes(len(bytes.fromhex(DIGESTS[algorithm])))).decode()
    message = f"The {algorithm} you specified did not match the calculated checksum."
    assert upload(wrong).error == (400, "BadDigest", message)
    message = "The value specified in the x-amz-trailer header is not supported"
    assert upload("AAA=", header("CRC16")).error == (400, "InvalidRequest", message)


@pytest.mark.parametrize(
    ("md5", "code"),
    [(CHECKSUMS["MD5"], ""), (base64.b64encode(bytes(16)).decode(), "BadDigest"), ("AAAA", "InvalidDigest")],
)
def test_verifies_content_md5(aws: Any, key: str, md5: str, code: str) -> None:
    url = aws.presign("put_object", key, ContentMD5=md5)
    assert aws.send("PUT", url, BODY, {"Content-MD5": md5}).code == code


def test_completing_an_upload_has_the_checksum_of_the_object(aws: Any, key: str) -> None:
    s3, target = aws.client("s3"), {"Bucket": INPUT, "Key": key}
    upload = s3.create_multipart_upload(**target, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    target["UploadId"] = upload["UploadId"]
    checksum = base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")).decode()
    part = s3.upload_part(**target, PartNumber=1, Body=BODY, ChecksumCRC32=checksum)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**target, MultipartUpload=parts, ChecksumCRC32=checksum)
    assert s3.get_object(Bucket=INPUT, Key=key)["Body"].read() == BODY
