"""The usual sample's Lambda function: one DetectLabels for each object, and its labels as JSON.

It is how tutorials begin, for comparison: no catalog, no checks of the file, no retries of its own.
"""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote_plus

import boto3


def handler(event: dict[str, Any], context: object) -> None:
    """Recognize each object that S3 tells about."""
    rekognition, s3 = boto3.client("rekognition"), boto3.client("s3")
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        found = rekognition.detect_labels(Image={"S3Object": {"Bucket": bucket, "Name": key}})
        s3.put_object(Bucket=os.environ["OUTPUT_BUCKET"], Key=f"{key}.json", Body=json.dumps(found["Labels"]))
