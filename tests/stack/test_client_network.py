"""A run of the client survives cuts of the network, and sends nothing twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from tests.stack import network_cuts
from tests.stack.network_cuts import PICTURES


@pytest.mark.timeout(300)
def test_a_run_whose_network_is_cut_twice_completes_all_pictures_and_sends_none_twice() -> None:
    with ProcessPoolExecutor(1, get_context("spawn")) as process:  # a process can have only one stack
        seen = process.submit(network_cuts.take).result()
    run = seen.run
    assert len(run.cuts) == 2
    assert min(run.cuts) > 1, "connections were in use"
    assert len(run.images) == PICTURES
    assert Counter(image["status"] for image in run.images.values()) == run.listed == {"done": PICTURES}
    assert len(seen.stored) == PICTURES
    assert seen.stored == {image_id: image_id for image_id in seen.stored}
    sent = Counter(image_id for image_id, status in seen.puts.elements() if status == 200)
    assert sent == dict.fromkeys(seen.stored, 1)
