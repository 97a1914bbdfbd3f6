"""make backfill and make reprocess: what they say before anything is recognized."""

from __future__ import annotations

from tests.deploy.calls import changes
from tests.deploy.imitation.imitation import Imitation
from tests.deploy.stacks import deploy, project_template
from tests.deploy.workspace import REGION, Workspace

STACK, ARCHIVE, ADA = "image-recognition", "my-archive", "ada@example.com"


def test_nothing_is_recognized_without_an_answer(workspace: Workspace, aws: Imitation) -> None:
    s3 = aws.client("s3", REGION)
    s3.create_bucket(Bucket=ARCHIVE, CreateBucketConfiguration={"LocationConstraint": REGION})
    deploy(aws, project_template(), {"SourceBucket": ARCHIVE}, name=STACK)
    stack = aws.cloudformation(REGION).stack(STACK)
    assert stack is not None
    pool = stack.resources["UserPool"].physical_id
    aws.client("cognito-idp", REGION).admin_create_user(
        UserPoolId=pool, Username=ADA, UserAttributes=[{"Name": "email", "Value": ADA}]
    )
    s3.put_object(Bucket=ARCHIVE, Key="2024/a.jpg", Body=b"a picture")

    unanswered = workspace.make("backfill", f"SOURCE=s3://{ARCHIVE}/2024/", f"OWNER={ADA}")
    assert unanswered.code == 2, unanswered.output
    assert (
        f"This recognizes the pictures at s3://{ARCHIVE}/2024/ as those of {ADA} in the stack {STACK} "
        f"in {REGION}:\n"
        "- to recognize: 1\n"
        "- calls: 1 (1 of DetectLabels)\n"
        "- Rekognition: about $0.00 at list prices\n"
        "- time: about 0 s at 4 images/s\n"
        "- results are kept for 90 days: see RetentionDays\n"
        "Recognize them? Type yes to confirm: \n"
        "Nobody answered, so nothing was changed. To answer without a terminal: "
        f"echo yes | make backfill SOURCE=s3://{ARCHIVE}/2024/ OWNER={ADA}\n"
    ) in unanswered.output

    stranger = workspace.make("backfill", f"SOURCE=s3://{ARCHIVE}", "OWNER=bob@example.com", "CONFIRM=no")
    assert stranger.code == 2
    assert f"The stack {STACK} has neither an account nor a program bob@example.com." in stranger.output

    foreign = workspace.make("backfill", "SOURCE=s3://another", f"OWNER={ADA}", "CONFIRM=no")
    assert foreign.code == 2
    assert (
        'The stack can\'t read the bucket another. To let it, set "SourceBucket=another" in '
        "parameter_overrides of samconfig.toml under [default.global.parameters], then run make deploy.\n"
    ) in foreign.output

    nothing = workspace.make("reprocess", "SEARCH=label:cat", "SHARE=0.5")
    assert nothing.code == 0, nothing.output
    assert nothing.output.endswith("There is nothing to do.\n")
    assert changes(aws.calls) == []
