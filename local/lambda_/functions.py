"""What the template says about each Lambda function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.template.names import arn, last_part
from local.template.template import Template, TemplateError

_FUNCTION = "AWS::Lambda::Function"
_RETRIES_BY_DEFAULT = 2


@dataclass(frozen=True)
class Function:
    """One function: how to run it, and what happens to its failed asynchronous events."""

    id: str
    name: str
    handler: str
    folder: Path
    timeout: float
    memory: int
    variables: Mapping[str, str]
    json_logs: bool
    log_group: str
    retries: int
    failure_queue: str | None  # the queue's name

    @property
    def arn(self) -> str:
        return arn("lambda", f"function:{self.name}")


@dataclass(frozen=True)
class QueueSource:
    """A queue that feeds a function."""

    queue: str
    function_id: str
    batch_size: int
    concurrency: int
    reports_failures: bool


def functions_of(template: Template) -> dict[str, Function]:
    """Read every function of the template, by logical id."""
    settings = {
        last_part(config["FunctionName"]): config
        for config in template.resources("AWS::Lambda::EventInvokeConfig").values()
    }
    return {
        logical_id: _function(template, logical_id, properties, settings)
        for logical_id, properties in template.resources(_FUNCTION).items()
    }


def queue_sources_of(template: Template) -> list[QueueSource]:
    """Read what feeds functions from queues."""
    ids = {
        properties.get("FunctionName", key): key for key, properties in template.resources(_FUNCTION).items()
    }
    return [
        QueueSource(
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
    settings: Mapping[str, Mapping[str, Any]],
) -> Function:
    name = properties.get("FunctionName", logical_id)
    logging = properties.get("LoggingConfig", {})
    invocation = settings.get(name, {})
    destination = invocation.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    if destination and ":sqs:" not in destination:
        raise TemplateError(f"The local stack sends failed events of {logical_id} to SQS queues only.")
    variables = properties.get("Environment", {}).get("Variables", {})
    return Function(
        id=logical_id,
        name=name,
        handler=properties["Handler"],
        folder=template.code_folder(logical_id),
        timeout=float(properties.get("Timeout", 3)),
        memory=int(properties.get("MemorySize", 128)),
        variables={key: str(value) for key, value in variables.items()},
        json_logs=logging.get("LogFormat") == "JSON",
        log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
        retries=int(invocation.get("MaximumRetryAttempts", _RETRIES_BY_DEFAULT)),
        failure_queue=last_part(destination) if destination else None,
    )
