"""Many callers at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from tests.unit.local.rekognition.support import client_of

if TYPE_CHECKING:
    pass


def test_many_threads_get_the_same_answers(make: Any, astronaut: bytes, cat: bytes) -> None:
    alone, together = client_of(make()), make()
    pictures = (astronaut, cat)
    calls = [
        lambda client, image: client.detect_labels(Image=image, Features=["GENERAL_LABELS"])["Labels"],
        lambda client, image: client.detect_faces(Image=image)["FaceDetails"],
        lambda client, image: client.recognize_celebrities(Image=image)["UnrecognizedFaces"],
        lambda client, image: client.detect_protective_equipment(Image=image)["Persons"],
    ]
    work = [(call, {"Bytes": picture}) for picture in pictures for call in calls]
    expected = [call(alone, image) for call, image in work]
    client = client_of(together)
    with ThreadPoolExecutor(8) as pool:
        for _ in range(2):
            assert list(pool.map(lambda item: item[0](client, item[1]), work)) == expected
    assert sum(together.calls().values()) == 2 * len(work)
