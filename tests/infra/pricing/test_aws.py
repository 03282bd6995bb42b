"""AWS prices through real boto3 clients, whose answers botocore's Stubber gives and checks."""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from llmdeploy.infra.pricing.aws import aws_quotes
from llmdeploy.infra.pricing.quote import PricesUnavailable, Quote
from llmdeploy.infra.pricing.refresh import keep

FILTERS = [
    {"Type": "TERM_MATCH", "Field": field, "Value": value}
    for field, value in (
        ("operatingSystem", "Linux"),
        ("tenancy", "Shared"),
        ("preInstalledSw", "NA"),
        ("capacitystatus", "Used"),
        ("marketoption", "OnDemand"),
        ("instanceType", "g6.xlarge"),
    )
]


def product(location, usd, unit="Hrs"):
    return json.dumps(
        {
            "product": {"attributes": {"regionCode": location, "instanceType": "g6.xlarge"}},
            "terms": {
                "OnDemand": {
                    "A.B": {"priceDimensions": {"A.B.C": {"unit": unit, "pricePerUnit": {"USD": usd}}}}
                }
            },
        }
    )


def spot(zone, usd):
    return {"AvailabilityZone": zone, "InstanceType": "g6.xlarge", "SpotPrice": usd}


@pytest.fixture
def clients():
    made = {
        name: boto3.client(name, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
        for name in ("pricing", "ec2")
    }
    stubs = {name: Stubber(client) for name, client in made.items()}
    for stub in stubs.values():
        stub.activate()
    return made, stubs


def asked(made):
    told = []
    answer = aws_quotes(lambda name, _region: made[name], ["g6.xlarge"], ["us-east-1"], told.append)
    return list(answer.quotes), told


def test_all_pages_of_both_price_lists(clients):
    made, stubs = clients
    question = {"ServiceCode": "AmazonEC2", "Filters": FILTERS}
    stubs["pricing"].add_response(
        "get_products", {"PriceList": [product("us-east-1", "0.8048")], "NextToken": "2"}, question
    )
    stubs["pricing"].add_response(
        "get_products",
        {"PriceList": [product("eu-central-1", "1.0064"), product("eu-west-2", "9", unit="Quantity")]},
        {**question, "NextToken": "2"},
    )
    asking = {
        "InstanceTypes": ["g6.xlarge"],
        "ProductDescriptions": ["Linux/UNIX"],
        "StartTime": ANY,
    }
    stubs["ec2"].add_response(
        "describe_spot_price_history",
        {"SpotPriceHistory": [spot("us-east-1a", "0.30"), spot("us-east-1b", "0.40")], "NextToken": "n"},
        asking,
    )
    stubs["ec2"].add_response(
        "describe_spot_price_history",
        {"SpotPriceHistory": [spot("us-east-1a", "0.99"), spot("us-east-1c", "0.80")]},
        {**asking, "NextToken": "n"},
    )
    quotes, told = asked(made)
    assert quotes == [
        Quote("us-east-1", "g6.xlarge", "on-demand", 0.8048),
        Quote("eu-central-1", "g6.xlarge", "on-demand", 1.0064),
        # The median of the zones, each at its newest price.
        Quote("us-east-1", "g6.xlarge", "spot", 0.4),
    ]
    assert told == ["aws: on-demand price of g6.xlarge (1 of 1)", "aws: spot prices in us-east-1"]
    for stub in stubs.values():
        stub.assert_no_pending_responses()


def test_what_is_not_allowed_names_the_mend(clients):
    made, stubs = clients
    stubs["pricing"].add_client_error("get_products", "AccessDeniedException", "not authorized", 400)
    with pytest.raises(PricesUnavailable) as caught:
        asked(made)
    assert "AccessDeniedException" in caught.value.problem
    assert "pricing:GetProducts" in caught.value.mend


def test_no_credentials_names_the_mend(tmp_path):
    def client(name, region):
        session = boto3.session.Session()
        session._session.get_component("credential_provider").providers.clear()
        return session.client(name, region_name=region)

    with pytest.raises(PricesUnavailable) as caught:
        aws_quotes(client, ["g6.xlarge"], [], lambda _line: None)
    assert "credentials" in caught.value.problem
    assert "aws sts get-caller-identity" in caught.value.mend


@mock_aws
def test_spot_prices_that_moto_makes_up_are_told_and_rejected(tmp_path):
    """moto answers EC2 itself, with 0.00001 USD for everything."""
    pricing = boto3.client("pricing", region_name="us-east-1")
    stub = Stubber(pricing)
    stub.add_response("get_products", {"PriceList": [product("us-east-1", "0.8048")]})

    def client(name, region):
        return pricing if name == "pricing" else boto3.client(name, region_name=region)

    with stub:
        answer = aws_quotes(client, ["g6.xlarge"], ["us-east-1"], lambda _line: None)
    assert {quote.purchase for quote in answer.quotes} == {"on-demand", "spot"}
    with pytest.raises(PricesUnavailable, match="no sensible price"):
        keep("aws", answer, tmp_path, write=True)
