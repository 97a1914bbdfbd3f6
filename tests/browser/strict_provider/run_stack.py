"""Run the local stack with the strict provider. A process of its own: moto allows only one stack per process.

Takes the issuer and the client ID. Prints the stack's URLs as JSON, and stops when its standard input closes.
"""

from __future__ import annotations

import json
import sys

from local.stack import Stack


def main(issuer: str, client_id: str) -> None:
    with Stack(parameters={"SignInIssuer": issuer, "SignInClientId": client_id}) as stack:
        urls = {"page_url": stack.page_url, "api_url": stack.api_url, "aws_url": stack.aws_url}
        json.dump({**urls, "input_bucket": stack.template.outputs["InputBucketName"]}, sys.stdout)
        sys.stdout.write("\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
