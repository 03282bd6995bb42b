"""GCP prices through Google's own client, with recorded-shape answers in place of the network."""

from __future__ import annotations

import json

import httplib2
import pytest
from googleapiclient.discovery import build
from googleapiclient.http import HttpMockSequence

from llmdeploy.infra.pricing.gcp import gcp_quotes
from llmdeploy.infra.pricing.quote import PricesUnavailable
from llmdeploy.infra.pricing.refresh import keep


def sku(description, usage, usd, locations=("us-east1",), unit="h"):
    units, nanos = divmod(round(usd * 1e9), 10**9)
    rate = {"startUsageAmount": 0, "unitPrice": {"currencyCode": "USD", "units": str(units), "nanos": nanos}}
    return {
        "description": description,
        "category": {"resourceFamily": "Compute", "usageType": usage},
        "serviceRegions": list(locations),
        "pricingInfo": [{"pricingExpression": {"usageUnit": unit, "tieredRates": [rate]}}],
    }


PAGES = {
    "": [
        sku("Nvidia L4 GPU running in Americas", "OnDemand", 0.56),
        sku("G2 Instance Core running in Americas", "OnDemand", 0.02498844),
        sku("G2 Instance Ram running in Americas", "OnDemand", 0.00292768, unit="GiBy.h"),
        sku("Commitment v1: L4 in Americas for 1 Year", "Commit1Yr", 0.35),
        # A queue's price under an on-demand usage type: the trap that must not be taken.
        sku("Nvidia L4 GPU attached to DWS Defined Duration VMs running in Americas", "OnDemand", 0.1),
    ],
    "next": [
        sku("Nvidia L4 GPU attached to Spot Preemptible VMs running in Americas", "Preemptible", 0.223),
        sku("Spot Preemptible G2 Instance Core running in Americas", "Preemptible", 0.01),
        sku("Spot Preemptible G2 Instance Ram running in Americas", "Preemptible", 0.001, unit="GiBy.h"),
        # Half of a machine: no price.
        sku("Nvidia L4 GPU running in Tokyo", "OnDemand", 0.72, ["asia-northeast1"]),
    ],
}


def service(*answers):
    """Google's own client, with answers in place of the network; the credentials are none."""
    http = HttpMockSequence([({"status": status}, json.dumps(body)) for status, body in answers])
    made = build(
        "cloudbilling",
        "v1",
        http=http,
        developerKey="AIza-canary",
        static_discovery=True,
        cache_discovery=False,
    )
    return made, http


WHOLE = [
    ("200", {"skus": PAGES[""], "nextPageToken": "next"}),
    ("200", {"skus": PAGES["next"], "nextPageToken": ""}),
]
THROTTLED = ("429", {"error": {"status": "RESOURCE_EXHAUSTED", "message": "Quota exceeded"}})


def test_machines_are_put_together_from_their_parts():
    made, http = service(*WHOLE)
    told = []
    quotes = gcp_quotes(made, told.append).quotes
    found = {(quote.location, quote.instance, quote.purchase): quote.hourly_usd for quote in quotes}
    assert found["us-east1", "g2-standard-4", "on-demand"] == pytest.approx(0.70680, abs=1e-4)
    assert found["us-east1", "g2-standard-96", "on-demand"] == pytest.approx(8 * 0.56 + 3.5231, abs=1e-3)
    assert found["us-east1", "g2-standard-4", "spot"] == pytest.approx(0.279)
    assert {location for location, _, _ in found} == {"us-east1"}
    assert told == ["gcp: page 1 of the price list", "gcp: page 2 of the price list"]
    asked = [uri for uri, *_ in http.request_sequence]
    assert "/v1/services/6F81-5844-456A/skus" in asked[0]
    assert "pageToken=next" in asked[1]


def test_a_throttled_page_is_asked_for_again():
    made, http = service(WHOLE[0], THROTTLED, WHOLE[1])
    assert len(gcp_quotes(made, lambda _line: None).quotes) == 16
    assert len(http.request_sequence) == 3


def test_what_is_not_allowed_names_the_mend_and_no_secret():
    refused = {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "API is not enabled"}}
    made, _ = service(("403", refused))
    with pytest.raises(PricesUnavailable) as caught:
        gcp_quotes(made, lambda _line: None)
    assert caught.value.problem == "GCP does not tell its prices: 403 API is not enabled"
    assert "Cloud Billing API" in caught.value.mend
    assert "AIza" not in str(caught.value)


def test_a_server_that_is_gone():
    made = build(
        "cloudbilling",
        "v1",
        http=httplib2.Http(),
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": "http://127.0.0.1:9"},
    )
    with pytest.raises(PricesUnavailable, match="does not tell its prices"):
        gcp_quotes(made, lambda _line: None, retries=0)


def test_what_was_asked_is_kept(tmp_path):
    made, _ = service(*WHOLE)
    refreshed = keep("gcp", gcp_quotes(made, lambda _line: None), tmp_path, write=True)
    table = json.loads((tmp_path / "refreshed-gcp.json").read_text())
    assert table["regions"]["us-east1"]["g2-standard-4"]["spot"] == pytest.approx(0.279)
    assert (refreshed.regions, refreshed.prices, refreshed.rejected) == (1, 16, ())
