"""make deploy with EventBusName: the bus must exist, because EventBridge wouldn't say so."""

from __future__ import annotations

from tests.deploy.calls import changes
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.workspace import REGION, Workspace


def test_refuses_a_bus_that_does_not_exist_before_the_build(workspace: Workspace, aws: Imitation) -> None:
    completed = workspace.make("deploy", "ENV=dev", "SET=EventBusName=pictures")
    assert completed.code != 0
    sentence = f"There is no event bus pictures in {REGION}. Create it, or correct EventBusName.\n"
    assert sentence in completed.output, completed.output
    assert ("Traceback" in completed.output, "Build" in completed.output) == (False, False)
    assert changes(aws.calls) == []
    assert [call.parameters for call in aws.calls if call.service == "events"] == [{"Name": "pictures"}]
