"""What a run reads from the functions' logs."""

from __future__ import annotations

import json

from bench.chaos.progress import Progress


def line(message: str, **fields: object) -> str:
    return json.dumps({"level": "INFO", "message": message, **fields})


def test_counts_outcomes_and_notes_what_happened_to_each_image() -> None:
    progress = Progress()
    frames = ["in process", "in _keep"]
    progress.log("ProcessorFunction", line("done", owner="a", imageId="1"))
    progress.log("ProcessorFunction", line("done", key="direct/2"))
    error = {"errorType": "ClientError", "errorMessage": "busy"}
    progress.log("ProcessorFunction", line("unfinished", key="direct/2", stackTrace=frames, **error))
    progress.log("ProcessorFunction", line("unfinished", key="direct/3", stackTrace=frames[:1], **error))
    progress.log("PresignFunction", line("upload presigned", owner="a", imageId="1"))
    progress.log("ProcessorFunction", "Attempt 1 of 3 failed")
    assert progress.outcomes == {"done": 2, "unfinished": 2}
    assert (progress.finished, progress.handled) == (2, {"uploads/a/1", "direct/2"})
    assert progress.problems == {"ClientError: busy": 2}
    assert +progress.unkept == {"direct/2": 1}
    assert {key: [text.split(" s ")[1] for text in texts] for key, texts in progress.history.items()} == {
        "uploads/a/1": ["ProcessorFunction: done", "PresignFunction: upload presigned"],
        "direct/2": ["ProcessorFunction: done", "ProcessorFunction: unfinished ClientError: busy"],
        "direct/3": ["ProcessorFunction: unfinished ClientError: busy"],
    }


def test_a_sample_replaces_an_earlier_one_of_the_same_second() -> None:
    progress = Progress()
    progress.log("ProcessorFunction", line("done", key="a"))
    progress.sample(uploaded=5, queue=1)
    progress.sample(uploaded=6, queue=0)
    assert progress.timeline == {0: {"done": 1, "uploaded": 6, "queue": 0}}


def test_pictures_that_are_deleted_or_unknown_are_finished_too() -> None:
    progress = Progress()
    progress.log("ProcessorFunction", line("done", key="a"))
    progress.log("ProcessorFunction", line("failed", key="b"))
    progress.log("ProcessorFunction", line("skipped", key="b"))
    progress.log("ProcessorFunction", line("parked", key="d"))
    progress.gone = {"a", "c"}
    assert progress.finished == 3
