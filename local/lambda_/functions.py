"""Lambda functions and event source mappings, as the template declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.template.names import arn, last_part
from local.template.template import Template, TemplateError


@dataclass(frozen=True)
class Function:
    """How to run a function, and how to handle its failed asynchronous events."""

    id: str  # logical id
    name: str
    handler: str
    folder: Path
    timeout: float  # seconds
    memory: int  # MB
    variables: Mapping[str, str]
    log_group: str
    retries: int
    failure_queue: str | None  # name of the queue for events whose retries are exhausted

    @property
    def arn(self) -> str:
        return arn("lambda", f"function:{self.name}")


@dataclass(frozen=True)
class EventSourceMapping:
    """A queue that invokes a function."""

    queue: str
    function_id: str
    batch_size: int
    concurrency: int
    reports_failures: bool  # ReportBatchItemFailures


def load_functions(template: Template) -> dict[str, Function]:
    """Return every function of the template, by logical id.

    Raises TemplateError if a failure destination isn't an SQS queue, or a log format isn't JSON.
    """
    invoke_configs = {
        last_part(config["FunctionName"]): config
        for config in template.resources("AWS::Lambda::EventInvokeConfig").values()
    }
    return {
        logical_id: _function(template, logical_id, properties, invoke_configs)
        for logical_id, properties in template.resources("AWS::Lambda::Function").items()
    }


def function_ids(template: Template) -> dict[str, str]:
    """Return the logical id of every function, by name."""
    functions = template.resources("AWS::Lambda::Function")
    return {properties.get("FunctionName", key): key for key, properties in functions.items()}


def load_event_source_mappings(template: Template) -> list[EventSourceMapping]:
    """Return the mappings whose event source is an SQS queue."""
    ids = function_ids(template)
    return [
        EventSourceMapping(
            queue=last_part(mapping["EventSourceArn"]),
            function_id=ids[last_part(mapping["FunctionName"])],
            batch_size=int(mapping.get("BatchSize", 10)),
            concurrency=int(mapping.get("ScalingConfig", {}).get("MaximumConcurrency", 2)),
            reports_failures="ReportBatchItemFailures" in mapping.get("FunctionResponseTypes", []),
        )
        for mapping in template.resources("AWS::Lambda::EventSourceMapping").values()
        if ":sqs:" in mapping["EventSourceArn"]
    ]


def _function(
    template: Template,
    logical_id: str,
    properties: Mapping[str, Any],
    invoke_configs: Mapping[str, Mapping[str, Any]],
) -> Function:
    name = properties.get("FunctionName", logical_id)
    invoke_config = invoke_configs.get(name, {})
    destination = invoke_config.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if destination and ":sqs:" not in destination:
        raise TemplateError(f"The failure destination of {logical_id} must be an SQS queue.")
    logging = properties.get("LoggingConfig", {})
    if logging.get("LogFormat") != "JSON":
        raise TemplateError(f"The LogFormat of {logical_id} must be JSON. The local stack has no other.")
    variables = properties.get("Environment", {}).get("Variables", {})
    return Function(
        id=logical_id,
        name=name,
        handler=properties["Handler"],
        folder=template.code_folder(logical_id),
        timeout=float(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        variables={key: str(value) for key, value in variables.items()},
        log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
        retries=int(invoke_config.get("MaximumRetryAttempts", 2)),
        failure_queue=last_part(destination) if destination else None,
    )
