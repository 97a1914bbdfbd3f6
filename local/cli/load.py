"""`make load IMAGES=20`: upload pictures to the running local stack, for the exercises in docs/runbook.md.

Each picture is a new one, so that it is recognized and counted. The command doesn't wait for the results.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from io import BytesIO

from PIL import Image

from glimpse import Client, GlimpseError, IdToken, ImageFile
from local.cli.arguments import MakeParser, whole_number
from local.cli.token import SignInFailed, fetch_tokens, find_issuer
from local.server import reachable_url
from local.settings import read_host, read_port
from local.template.parameters import ParameterError

_PATIENCE = 2.0  # seconds; the exercises make the stack fail on purpose
_SIZE = (160, 120)
_BLOCKS = (8, 6)  # of one color each, chosen at random


def draw() -> bytes:
    """Return a small JPEG that differs from any other."""
    blocks = Image.frombytes("RGB", _BLOCKS, os.urandom(_BLOCKS[0] * _BLOCKS[1] * 3))
    with BytesIO() as file:
        blocks.resize(_SIZE, Image.Resampling.NEAREST).save(file, "JPEG")
        return file.getvalue()


def upload_pictures(client: Client, count: int) -> Counter[str]:
    """Upload pictures, one after the other. Return how often each reason stopped one."""
    failures = Counter[str]()
    for _ in range(count):
        try:
            client.upload(ImageFile.from_bytes("picture.jpg", draw()))
        except GlimpseError as error:
            failures[str(error)] += 1
    return failures


def main(arguments: list[str]) -> int:
    parser = MakeParser(prog="make load", description=__doc__)
    parser.add_argument("images", nargs="?", type=whole_number(1), default=20, help="how many pictures")
    count: int = parser.parse_args(arguments).images
    try:
        host = read_host(os.environ)
        page_url = reachable_url(host, read_port(os.environ, "WEB_PORT"))
        api_url = reachable_url(host, read_port(os.environ, "API_PORT"))
        token = fetch_tokens(find_issuer(page_url), page_url, "alice")["id_token"]
    except (ParameterError, SignInFailed) as error:
        print(error, file=sys.stderr)
        return 1
    with Client(api_url, IdToken(token), patience=_PATIENCE) as client:
        failures = upload_pictures(client, count)
    print(f"Uploaded {count - failures.total()} of {count} pictures.")
    for reason, times in failures.items():
        print(f"{times} {'time' if times == 1 else 'times'}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
