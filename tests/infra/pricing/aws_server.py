"""A server that answers boto3 as AWS's price list and EC2 do; the first calls it may throttle."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

SPOT_ROW = (
    "<item><instanceType>{instance}</instanceType><spotPrice>{usd}</spotPrice>"
    "<availabilityZone>{zone}</availabilityZone><productDescription>Linux/UNIX</productDescription></item>"
)
SPOT = (
    "<DescribeSpotPriceHistoryResponse><spotPriceHistorySet>{rows}</spotPriceHistorySet>"
    "</DescribeSpotPriceHistoryResponse>"
)
REFUSED = "<Response><Errors><Error><Code>{code}</Code><Message>no</Message></Error></Errors></Response>"


class Aws(BaseHTTPRequestHandler):
    """Prices of `on_demand` by instance in us-east-1, and one spot row in every region that is asked."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        # The scope of the signature names the region and the service.
        region, service = self.headers["Authorization"].partition("Credential=")[2].split("/")[2:4]
        self.server.asked.append((service, region))
        if self.server.throttled:
            self.server.throttled -= 1
            return self.answer(400, json.dumps({"__type": "ThrottlingException", "message": "slow down"}))
        if service == "pricing":
            return self.answer(200, json.dumps({"PriceList": list(self.products(json.loads(body)))}))
        return self.spot(region, parse_qs(body))

    def products(self, asked):
        instance = next(one["Value"] for one in asked["Filters"] if one["Field"] == "instanceType")
        if instance in self.server.on_demand:
            price = {"unit": "Hrs", "pricePerUnit": {"USD": str(self.server.on_demand[instance])}}
            yield json.dumps(
                {
                    "product": {"attributes": {"regionCode": "us-east-1", "instanceType": instance}},
                    "terms": {"OnDemand": {"A.B": {"priceDimensions": {"A.B.C": price}}}},
                }
            )

    def spot(self, region, asked):
        assert asked["ProductDescription.1"] == ["Linux/UNIX"]
        if region in self.server.refused:
            return self.answer(401, REFUSED.format(code=self.server.refused[region]))
        row = SPOT_ROW.format(instance="g6.xlarge", usd=0.3, zone=f"{region}a")
        return self.answer(200, SPOT.format(rows=row))

    def answer(self, status, text):
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_args):
        pass


@contextmanager
def aws_server(
    on_demand: Mapping[str, float], *, throttled: int = 0, refused: Mapping[str, str] | None = None
) -> Iterator[ThreadingHTTPServer]:
    """The server while it is needed.

    Args:
        throttled: calls that are refused as too many, before it answers.
        refused: the error code of EC2 in a region.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), Aws) as serving:
        serving.asked, serving.on_demand = [], on_demand
        serving.throttled, serving.refused = throttled, refused or {}
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        try:
            yield serving
        finally:
            serving.shutdown()
            thread.join()


def environment(serving: ThreadingHTTPServer) -> dict[str, str]:
    """What makes boto3 ask the server, with credentials that are none."""
    address = f"http://127.0.0.1:{serving.server_port}"
    return {
        "AWS_ENDPOINT_URL_PRICING": address,
        "AWS_ENDPOINT_URL_EC2": address,
        "AWS_ACCESS_KEY_ID": "AKIDCANARY",
        "AWS_SECRET_ACCESS_KEY": "canary-secret",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
