"""`make demo FILE=photo.jpg`: recognize one picture and print its labels.

The command starts a local stack of its own and saves the whole result as JSON in build/demo/.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.cli.console import EXPLAINED, say
from local.client import ClientError, recognize
from local.logs import log_problems
from local.settings import ROOT, stack_parameters, use_local_credentials
from local.stack import Stack

_RESULTS = ROOT / "build" / "demo"


def format_table(labels: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the lines of a table. Boxes are in percent of the image's width and height."""
    rows = [("Label", "Confidence", "Box (left, top, width, height)")]
    for label in labels:
        boxes = [_format_box(instance["BoundingBox"]) for instance in label["Instances"]] or [""]
        rows.append((label["Name"], f"{label['Confidence']:.1f} %", boxes[0]))
        rows.extend(("", "", box) for box in boxes[1:])
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [
        f"{name:<{widths[0]}}  {confidence:>{widths[1]}}  {box}".rstrip() for name, confidence, box in rows
    ]


def _format_box(box: Mapping[str, float]) -> str:
    return ", ".join(f"{box[side]:.0%}" for side in ("Left", "Top", "Width", "Height"))


def save_result(result: Mapping[str, Any], name: str, folder: Path = _RESULTS) -> Path:
    """Write the result as `{name}.json` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def print_image(response: Mapping[str, Any], name: str) -> int:
    """Print the response of `GET /images/{id}`. Return the exit code: 1 if the image failed."""
    image, result = response["image"], response["result"]
    if result is not None:
        say(f"The result is saved as {save_result(result, name)}")
    if image["status"] == "failed":
        say(f"{name} wasn't recognized: {image['reason']['message']}")
        return 1
    for line in format_table(result.get("Labels", [])):
        print(line)
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make demo FILE=photo.jpg", description=__doc__)
    parser.add_argument("file", type=Path, help="the picture to recognize")
    file: Path = parser.parse_args(arguments).file
    if not file.is_file():
        say(f"The file {file} doesn't exist.")
        return 1
    use_local_credentials(os.environ)
    try:
        parameters = stack_parameters(os.environ)
        for name in ("SignInIssuer", "SignInClientId"):  # only the command itself signs in
            parameters.pop(name, None)
        with Stack(parameters=parameters, progress=say, log=log_problems) as stack:
            say(f"Uploading {file.name} …")
            return print_image(recognize(stack.api_url, file, stack.token("alice")), file.name)
    except (ClientError, *EXPLAINED) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
