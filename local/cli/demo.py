"""`make demo FILE=photo.jpg`: one picture through a stack of its own, and what was found on the terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from local.__main__ import EXPLAINED, say
from local.cli.client import ClientError, recognise
from local.cli.settings import leave_real_aws_alone, stack_parameters
from local.lambda_.environment import log_problems
from local.stack import ROOT, Stack

_SAVED = ROOT / "build" / "demo"


def table(labels: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the lines of a table: name, confidence, and where in the picture, in percent of its sides."""
    rows = [("Label", "Confidence", "Where (left, top, width, height)")]
    for label in labels:
        boxes = [_box(instance["BoundingBox"]) for instance in label["Instances"]] or [""]
        rows.append((label["Name"], f"{label['Confidence']:.1f} %", boxes[0]))
        rows.extend(("", "", box) for box in boxes[1:])
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return [f"{name:<{widths[0]}}  {sure:>{widths[1]}}  {where}".rstrip() for name, sure, where in rows]


def _box(box: Mapping[str, float]) -> str:
    return ", ".join(f"{box[side]:.0%}" for side in ("Left", "Top", "Width", "Height"))


def save(result: Mapping[str, Any], name: str, folder: Path = _SAVED) -> Path:
    """Keep the JSON document."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def show(answer: Mapping[str, Any], name: str) -> int:
    """Print what `GET /images/{id}` answered; 0 when the picture was recognised."""
    image, result = answer["image"], answer["result"]
    if result is not None:
        say(f"The JSON is in {save(result, name)}")
    if image["status"] == "failed":
        say(f"{name} was not recognised: {image['reason']['message']}")
        return 1
    for line in table(result.get("Labels", [])):
        print(line)
    return 0


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make demo FILE=photo.jpg", description=__doc__)
    parser.add_argument("file", type=Path, help="the picture")
    file: Path = parser.parse_args(arguments).file
    if not file.is_file():
        say(f"There is no file {file}.")
        return 1
    leave_real_aws_alone(os.environ)
    try:
        parameters = stack_parameters(os.environ, ROOT)
        with Stack(parameters=parameters, progress=say, log=log_problems) as stack:
            say(f"Uploading {file.name} …")
            return show(recognise(stack.api_url, file, stack.token("alice")), file.name)
    except (ClientError, *EXPLAINED) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
