"""No event ends in an error that nobody expects."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from processor.errors import TransientError
from processor.invocation import Invocation
from processor.outcome import Outcome
from processor.sources import SourceScope
from processor.worker import handle_event
from tests.unit.processor.support import (
    retry_batch,
    s3_event,
    s3_record,
    source_event,
)
from tests.unit.support import INPUT_BUCKET, SOURCE_BUCKET

if TYPE_CHECKING:
    from processor.events import ObjectCreated

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=10),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=10), children, max_size=3)
    ),
    max_leaves=8,
)
NAMES = ("Records", "Event", "eventSource", "aws:sqs", "aws:s3", "requestPayload", "sourceObject", "alice")


@st.composite
def damaged_events(draw: st.DrawFn) -> Any:
    """Valid events in which a few values, at any depth, are replaced or removed."""
    message = retry_batch(s3_event("a"))["Records"][0]
    records = st.sampled_from([s3_record("a"), s3_record("a" * 1012), message, {}, None])
    event: Any = {"Records": copy.deepcopy(draw(st.lists(records, max_size=4)))}
    if draw(st.booleans()):
        event |= source_event("photos/a")
    for _ in range(draw(st.integers(0, 3))):
        container: Any = None
        name: Any = None
        value = event
        while isinstance(value, dict | list) and value and (container is None or draw(st.booleans())):
            name = draw(st.sampled_from(sorted(value) if isinstance(value, dict) else range(len(value))))
            container, value = value, value[name]
        if container is not None:
            container[name] = draw(JSON | st.sampled_from(NAMES) | JSON.map(json.dumps))
    return event


class StubProcessor:
    """Settles every image, or fails to."""

    input_bucket = INPUT_BUCKET
    sources = SimpleNamespace(scope=SourceScope(SOURCE_BUCKET, "photos/"))

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def process(self, event: ObjectCreated, invocation: Invocation) -> Outcome:
        if self._error:
            raise self._error
        return Outcome(event.key, "done")

    give_up = process


@given(event=JSON | damaged_events(), error=st.none() | st.sampled_from([OSError(), KeyError("Records")]))
@settings(max_examples=400, deadline=None)
def test_any_event_is_answered_or_has_to_be_retried(event: Any, error: Exception | None) -> None:
    with suppress(TransientError):
        answer = handle_event(event, StubProcessor(error), Invocation("request-1", lambda: 60.0))  # type: ignore[arg-type]
        assert set(answer) in ({"images"}, {"batchItemFailures"})
        json.dumps(answer, ensure_ascii=False).encode()  # as Lambda's runtime does
