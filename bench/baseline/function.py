"""The usual sample's function on the local stack, in place of the processor or beside it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

from local.faults import read_faults
from local.lambda_.functions import Function, load_functions
from local.lambda_.invoker import FunctionInvoker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.stack import Stack
    from local.template.template import Template

PROCESSOR = "ProcessorFunction"
MEMORY = 512  # MB: a client for each request takes CPU time
HANDLER = "handler.handler"


def usual_function(template: Template) -> Function:
    """Return the sample's function with the processor's role, and Lambda's defaults for what fails."""
    return replace(
        load_functions(template)[PROCESSOR],
        handler=HANDLER,
        folder=Path(__file__).parent,
        memory=MEMORY,
        retries=2,
        failure_queue=None,
    )


@contextmanager
def instead_of_processor() -> Iterator[None]:
    """Let a stack that starts within a `with` block have the sample's function as its processor."""

    def load(template: Template) -> Mapping[str, Function]:
        return {**load_functions(template), PROCESSOR: usual_function(template)}

    with patch("local.stack.load_functions", load):
        yield


@contextmanager
def beside_processor(stack: Stack) -> Iterator[FunctionInvoker]:
    """Give an invoker of the sample's function on a running stack, under the processor's name."""
    invoker = FunctionInvoker(
        {PROCESSOR: usual_function(stack.template)},
        endpoint_url=stack.aws_url,
        credentials_for=stack.endpoint.credentials_for,
        send=lambda queue, body: None,
        concurrency=1,
        faults=read_faults({}),
        log=lambda name, line: None,
    )
    invoker.start()
    try:
        yield invoker
    finally:
        invoker.stop()
