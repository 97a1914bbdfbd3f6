"""What the bill needs to know beside the measured steps: the functions, the page's files, alarms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.cloudwatch.alarms import load_alarms
from local.lambda_.functions import load_functions
from local.settings import ROOT
from local.site.bundle.publication import page_files, publish
from local.site.compression import served_size
from local.site.site import media_type
from local.template.template import Template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.stack import Stack

_ENABLED = {"AlarmEmail": "alarms@example.com", "Dashboard": "true"}  # otherwise as by default


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
    sources = {name: path.read_bytes() for name, path in page_files(ROOT / "web").items()}
    published = publish(sources, ["https://api.example.com", "https://id.example.com"], "https://example.com")
    files = {name: body for name, body in published.items() if not name.startswith("samples/")}
    size = sum(served_size(media_type(Path(name)), body) for name, body in files.items())
    return {"files": len(files) + 1, "bytes": size}  # and config.json


def count_resources() -> dict[str, int]:
    """Return how many alarms, metrics of alarms and dashboards the template has, if they are enabled.

    An alarm is billed by its metrics: those on a sum have several.
    """
    template = Template.load(ROOT / "template.yaml", _ENABLED)
    alarms = load_alarms(template)
    return {
        "alarms": len(alarms),
        "alarmMetrics": sum(len(alarm.terms) for alarm in alarms),
        "dashboards": len(template.resources("AWS::CloudWatch::Dashboard")),
    }
