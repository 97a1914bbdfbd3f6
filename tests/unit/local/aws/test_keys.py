"""Both ways to address a bucket, and keys that nobody would choose."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

import pytest
from botocore.exceptions import ClientError

INPUT = "local-input-123456789012-us-east-1"
ODD = [
    "a b",
    "a+b",
    "100%",
    "%2F",
    "é/ü",
    "日本.jpg",
    "a//b",
    "/lead",
    "//",
    "tail/",
    "a/../b",
    "./x",
    "..",
    "a?b=c&d",
    "a#b;c",
    "'()!*~",
    "tab\tslash\\",
    "x" * 1024,
]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"], ids=["path", "virtual"])
@pytest.mark.parametrize("key", ODD)
@pytest.mark.usefixtures("local_names")
def test_a_key_survives_every_way(aws: Any, host: str, key: str) -> None:
    s3 = aws.client("s3", host=host)
    s3.put_object(Bucket=INPUT, Key=key, Body=key.encode())
    function_id, event = aws.delivered.get(timeout=5)
    told = event["Records"][0]["s3"]["object"]["key"]
    url = s3.generate_presigned_url("get_object", Params={"Bucket": INPUT, "Key": key})
    assert (f"{INPUT}.localhost" in url) == (host == "localhost")
    assert aws.send("GET", url).body == key.encode()
    assert s3.get_object(Bucket=INPUT, Key=key)["Body"].read() == key.encode()
    assert key in [found["Key"] for found in s3.list_objects_v2(Bucket=INPUT, Prefix=key)["Contents"]]
    assert (function_id, unquote_plus(told)) == ("WriterFunction", key)
    s3.delete_object(Bucket=INPUT, Key=key)
    assert "Contents" not in s3.list_objects_v2(Bucket=INPUT, Prefix=key)


def test_a_container_names_this_machine_differently(aws: Any, key: str) -> None:
    s3 = aws.client("s3", host="host.docker.internal")
    url = s3.generate_presigned_url("put_object", Params={"Bucket": INPUT, "Key": key})
    assert url.startswith(f"http://{INPUT}.host.docker.internal:{aws.port}/{key}?")
    assert aws.send("PUT", url, b"from a container").status == 200
    assert aws.client("s3").get_object(Bucket=INPUT, Key=key)["Body"].read() == b"from a container"


def test_the_whole_address_in_the_request_line(aws: Any, key: str) -> None:
    url = aws.client("s3").generate_presigned_url("put_object", Params={"Bucket": INPUT, "Key": key})
    answer = aws.send_part(f"PUT {url} HTTP/1.1\nContent-Length: 1", b"x")
    assert answer.startswith(b"HTTP/1.1 200 ")


def test_a_key_that_is_too_long(aws: Any) -> None:
    with pytest.raises(ClientError) as refused:
        aws.client("s3").put_object(Bucket=INPUT, Key="é" * 513, Body=b"")
    assert refused.value.response["Error"] == {
        "Code": "KeyTooLongError",
        "Message": "Your key is too long",
        "Size": "1026",
        "MaxSizeAllowed": "1024",
    }


def test_a_key_that_is_no_text(aws: Any) -> None:
    reply = aws.send("GET", f"/{INPUT}/%ff")
    assert (reply.status, reply.code) == (400, "InvalidURI")


def test_a_missing_object_and_a_missing_bucket(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    for bucket, code in ((INPUT, "NoSuchKey"), ("nowhere", "NoSuchBucket")):
        with pytest.raises(ClientError) as refused:
            s3.get_object(Bucket=bucket, Key=key)
        assert refused.value.response["Error"]["Code"] == code
    with pytest.raises(ClientError) as refused:
        s3.head_object(Bucket=INPUT, Key=key)
    assert refused.value.response["Error"]["Code"] == "404"


def test_the_ordinary_operations_pass(aws: Any, key: str) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="packages")
    s3.put_object(Bucket="packages", Key=key, Body=b"x", Metadata={"made_by": "me", "made-for": "you"})
    assert s3.head_object(Bucket="packages", Key=key)["Metadata"] == {"made_by": "me", "made-for": "you"}
    s3.delete_objects(Bucket="packages", Delete={"Objects": [{"Key": key}]})
    s3.delete_bucket(Bucket="packages")
    assert {"packages"}.isdisjoint(bucket["Name"] for bucket in s3.list_buckets()["Buckets"])
