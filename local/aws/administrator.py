"""The client of the stack itself, of tools and of tests: it may do everything."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.config import Config

from local.template.names import ADMIN_KEY, ADMIN_SECRET, REGION


def admin_client(service: Any, url: str) -> Any:
    """Return a boto3 client for the AWS endpoint at a URL."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ADMIN_KEY,
        aws_secret_access_key=ADMIN_SECRET,
        config=Config(
            proxies={},
            s3={"addressing_style": "path"},
            signature_version="s3v4" if service == "s3" else None,
        ),
    )
