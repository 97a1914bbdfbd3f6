"""`make demo FILE=photo.jpg`: recognize pictures and print what was found.

The command starts a local stack of its own and saves each whole result as JSON in build/demo/.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from glimpse import Client, GlimpseError, IdToken
from local.cli.arguments import MakeParser
from local.cli.console import EXPLAINED, say
from local.cli.findings import format_findings
from local.cli.pictures import Picture, find_pictures
from local.logs import log_problems
from local.settings import ROOT, UNLIMITED, stack_parameters, use_local_credentials
from local.stack import Stack

_RESULTS = ROOT / "build" / "demo"
_PATIENCE = 5.0  # seconds
_AT_ONCE = 2  # pictures; the stack processes no more at a time

Recognize = Callable[[Path], Mapping[str, Any]]


def save_result(result: Mapping[str, Any], name: str, folder: Path) -> Path:
    """Write the result as `{name}.json` and return its path."""
    path = folder / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def recognize_pictures(
    pictures: list[Picture], recognize: Recognize, *, as_lines: bool, folder: Path = _RESULTS
) -> int:
    """Recognize pictures and print them in their order. Return the exit code: 1 if one of them failed.

    `recognize(path)` returns the response of `GET /images/{id}`, or raises GlimpseError.
    """
    failures = 0
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        responses = pool.map(partial(_try, recognize), pictures)
        for number, (picture, response) in enumerate(zip(pictures, responses, strict=True), 1):
            if len(pictures) > 1:
                say(f"{number} of {len(pictures)}: {picture.name}")
            error = _find_error(picture.name, response)
            failures += error is not None
            if error:
                say(error)
            if response.get("result"):
                say(f"The result is saved as {save_result(response['result'], picture.name, folder)}")
            if as_lines:
                print(json.dumps({"file": str(picture.path), **response}, ensure_ascii=False), flush=True)
            elif not error:
                _print_findings(response["result"], picture.name if len(pictures) > 1 else None)
    return int(failures > 0)


def _try(recognize: Recognize, picture: Picture) -> Mapping[str, Any]:
    """Return the response, or a `{"error"}`, so that one picture doesn't stop the others."""
    if picture.problem:
        return {"error": picture.problem}
    try:
        return recognize(picture.path)
    except GlimpseError as error:
        return {"error": str(error)}


def _find_error(name: str, response: Mapping[str, Any]) -> str | None:
    if "error" in response:
        return str(response["error"])
    if response["image"]["status"] == "failed":
        return f"{name} wasn't recognized: {response['image']['reason']['message']}"
    return None


def _print_findings(result: Mapping[str, Any], heading: str | None) -> None:
    lines: Iterable[str] = format_findings(result)
    print("\n".join(lines if heading is None else (heading, "", *lines, "")), flush=True)


def main(arguments: list[str]) -> int:
    parser = MakeParser(prog="make demo", description=__doc__)
    parser.add_argument("files", type=Path, nargs="*", help="pictures, and folders of pictures")
    parser.add_argument("--jsonl", action="store_true", help="print a line of JSON for each picture")
    options = parser.parse_args(arguments)
    if not options.files:
        parser.error("name a picture or a folder: make demo FILE=photo.jpg")
    pictures, left_out = find_pictures(options.files)
    if left_out:
        say(f"Skipped {left_out} {'file' if left_out == 1 else 'files'} without a picture.")
    to_upload = [picture for picture in pictures if picture.problem is None]
    try:
        if not to_upload:
            return recognize_pictures(pictures, lambda _: {}, as_lines=options.jsonl)  # only says why
        use_local_credentials(os.environ)
        parameters = {**stack_parameters(os.environ), **UNLIMITED}
        for name in ("SignInIssuer", "SignInClientId"):  # only the command itself signs in
            parameters.pop(name, None)
        with Stack(parameters=parameters, progress=say, log=log_problems) as stack:
            say(f"Uploading {to_upload[0].name if len(to_upload) == 1 else f'{len(to_upload)} pictures'} …")
            credentials = IdToken(stack.token("alice"))
            with Client(stack.api_url, credentials, patience=_PATIENCE) as client:
                return recognize_pictures(pictures, client.recognize, as_lines=options.jsonl)
    except EXPLAINED as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
