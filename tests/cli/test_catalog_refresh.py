"""`llmdeploy catalog refresh`, against a server that answers boto3 as AWS does."""

from __future__ import annotations

import json

from tests.infra.pricing.aws_server import aws_server, environment

# The g5.xlarge's price is a month's and not an hour's; the p5's is below its spot price.
ON_DEMAND = {"g6.xlarge": 0.9, "g5.xlarge": 734.38, "g4dn.xlarge": 0.0}


def refreshed(terminal):
    return terminal.folder.parent / "home" / "catalog" / "refreshed-aws.json"


def test_sensible_prices_are_kept_and_come_before_the_catalogs(terminal):
    with aws_server(ON_DEMAND, throttled=2, refused={"eu-central-1": "AuthFailure"}) as serving:
        outcome = terminal.run("llmdeploy catalog refresh --provider aws --json", **environment(serving))
    assert outcome.code == 0
    (told,) = json.loads(outcome.stdout)["refreshed"]
    assert told["file"] == str(refreshed(terminal))
    assert told["rejected"] == [
        "us-east-1 g4dn.xlarge: on-demand price 0.0 USD an hour",
        "us-east-1 g5.xlarge: on-demand 734.38, and the catalog has 1.006",
    ]
    assert [line.partition(":")[0] for line in told["unasked"]] == ["eu-central-1"]
    assert "aws: spot prices in us-east-1" in outcome.stderr
    shown = json.loads(terminal.run("llmdeploy catalog prices --region aws/us-east-1 --gpu l4 --json").stdout)
    found = {row["purchase"]: row for row in shown if row["instance"] == "g6.xlarge"}
    assert (found["on-demand"]["hourly_usd"], found["spot"]["hourly_usd"]) == (0.9, 0.3)
    assert not found["spot"]["estimated"]
    assert "canary" not in refreshed(terminal).read_text() + outcome.stdout + outcome.stderr


def test_a_dry_run_writes_nothing(terminal):
    with aws_server(ON_DEMAND) as serving:
        outcome = terminal.run("llmdeploy catalog refresh --provider aws --dry-run", **environment(serving))
    assert outcome.code == 0
    assert "nothing written (--dry-run)" in outcome.stdout
    assert "left out us-east-1 g5.xlarge" in outcome.stderr
    assert not refreshed(terminal).parent.exists()


def test_what_one_cloud_tells_is_kept_when_the_other_does_not(terminal):
    with aws_server(ON_DEMAND) as serving:
        outcome = terminal.run("llmdeploy catalog refresh", NO_GCE_CHECK="true", **environment(serving))
    assert outcome.code == 1
    assert "GCP does not tell its prices without credentials" in outcome.stderr
    assert "gcloud auth application-default login" in outcome.stderr
    assert refreshed(terminal).is_file()


def test_without_permission_nothing_is_written(terminal):
    with aws_server(ON_DEMAND, refused={"us-east-1": "UnauthorizedOperation"}) as serving:
        outcome = terminal.run("llmdeploy catalog refresh --provider aws --json", **environment(serving))
    assert outcome.code == 1
    (failed,) = json.loads(outcome.stdout)["failed"]
    assert "UnauthorizedOperation" in failed["problem"]
    assert "ec2:DescribeSpotPriceHistory" in failed["mend"]
    assert not refreshed(terminal).parent.exists()


def test_without_credentials_the_mend_says_how_to_find_them(terminal):
    outcome = terminal.run("llmdeploy catalog refresh --provider aws", AWS_EC2_METADATA_DISABLED="true")
    assert outcome.code == 1
    assert "Unable to locate credentials" in outcome.stderr
    assert "aws sts get-caller-identity" in outcome.stderr
    assert "Traceback" not in outcome.stderr
