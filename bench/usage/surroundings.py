"""What the bill needs to know beside the measured steps: the functions, the page's files, alarms."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING, Any

from local.lambda_.functions import load_functions
from local.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.stack import Stack


def describe_functions(stack: Stack, cpu: Mapping[str, float]) -> dict[str, dict[str, Any]]:
    """Return what the bill needs to know of each function; `cpu` is that of its start."""
    functions = stack.template.resources("AWS::Lambda::Function")
    return {
        name: {
            "memory": function.memory,
            "initCpuMilliseconds": cpu[name],
            "isTraced": functions[name].get("TracingConfig", {}).get("Mode") == "Active",
        }
        for name, function in load_functions(stack.template).items()
    }


def describe_page() -> dict[str, int]:
    """Return the number of files that the page loads, and their bytes, compressed as by CloudFront."""
    files = [
        file
        for file in (ROOT / "web").rglob("*")
        if file.is_file() and file.suffix != ".md" and "samples" not in file.parts
    ]
    size = sum(len(gzip.compress(file.read_bytes(), mtime=0)) for file in files)
    return {"files": len(files) + 1, "bytes": size}  # and config.json


def count_resources() -> dict[str, int]:
    """Return the number of the template's alarms and dashboards."""
    types = re.findall(r"^ +Type: (AWS::CloudWatch::\w+)", (ROOT / "template.yaml").read_text("utf-8"), re.M)
    return {
        "alarms": types.count("AWS::CloudWatch::Alarm"),
        "dashboards": types.count("AWS::CloudWatch::Dashboard"),
    }
