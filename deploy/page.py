"""Make the page ready for a deployed stack: `python -m deploy.page ENVIRONMENT`."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import boto3

from deploy.environments import ROOT, outputs, stack_name

TARGET = ROOT / "build" / "page"


def write_page(api_url: str, target: Path = TARGET, source: Path = ROOT / "web") -> None:
    """Copy the page to `target` and put the API's address beside it, as config.json."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)
    (target / "config.json").write_text(json.dumps({"apiUrl": api_url}) + "\n")


def main(environment: str) -> None:
    found = outputs(boto3.client("cloudformation"), stack_name(environment))
    write_page(found["ApiUrl"])
    print(f"The API is at {found['ApiUrl']}")
    print("The page is in build/page. To open it on http://127.0.0.1:8080:")
    print("  python3 -m http.server 8080 --bind 127.0.0.1 --directory build/page")


if __name__ == "__main__":
    main(sys.argv[1])
