"""Which requests go where: by residency mark, and by whether the answer is a stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmdeploy.serving.gateway.endpoints import METADATA
from llmdeploy.serving.gateway.topology import (
    Chain,
    Entry,
    Share,
    own_shares,
    pinned_at,
    pinned_chain,
    shares,
)
from llmdeploy.serving.gateway.tries import hedge_policy, retry_policy
from llmdeploy.serving.gateway.typed import Config, seconds, typed
from llmdeploy.serving.gateway.versions import PIN_HEADER, GatewayRegion
from llmdeploy.serving.plan.gateway import GatewayPlan

API = "/v1/"
"""The only paths that reach replicas. Their metrics, documentation and debugging pages stay inside."""

CLOSED_PATHS = ("/v1/load_lora_adapter", "/v1/unload_lora_adapter")
"""Paths under the API that change a replica: https://docs.vllm.ai/en/latest/features/lora.html (dynamic
adapters)."""

REQUEST_METADATA = "llmdeploy.request"
"""The metadata namespace of what is read from a request's body: `stream`."""

HOP_HEADER = "x-llmdeploy-hop"
"""Set on a request that another region's gateway has sent here."""
REGION_HEADER = "x-llmdeploy-region"
REPLICA_HEADER = "x-llmdeploy-replica"


def route_configuration(
    gateway: GatewayPlan,
    regions: Sequence[GatewayRegion],
    entry: Entry,
    *,
    relayed: bool = False,
    peered: bool = False,
) -> Config:
    """All routes of one entry, the first that matches wins.

    Args:
        relayed: whether requests go to load balancers and endpoints rather than to replicas.
        peered: whether other gateways send requests here.
    """
    here = next(region for region in regions if region.name == entry.region)
    return typed(
        "config.route.v3.RouteConfiguration",
        name=entry.region,
        virtual_hosts=[
            {
                "name": entry.region,
                "domains": ["*"],
                "routes": [
                    *_closed(),
                    *(route for region in pinned_at(regions, here) for route in _pinned(gateway, region)),
                    *(_from_peers(gateway, here) if peered else ()),
                    *_marked(gateway, regions, entry),
                    *_forwarded(gateway, shares(gateway, regions, entry, None), []),
                    _answer({"prefix": "/"}, 404, f"no such path here; the API is under {API}"),
                ],
                # A replica needs no key, and one that logs headers must not learn it.
                "request_headers_to_remove": ["authorization"],
                "response_headers_to_add": [
                    _upstream_header(REGION_HEADER, "region"),
                    # Behind a relay are many replicas: one that says its name knows better.
                    _upstream_header(REPLICA_HEADER, "replica", keep=relayed),
                ],
                "response_headers_to_remove": ["x-powered-by"],
            }
        ],
    )


def _closed() -> Iterator[Config]:
    for path in CLOSED_PATHS:
        yield _answer({"path": path}, 404, "this path is closed to clients of the gateway")


def _pinned(gateway: GatewayPlan, region: GatewayRegion) -> Iterator[Config]:
    """To the region's canary and nowhere else, which the answer says. Who names another revision is served as
    if none were named, and so is who has a residency mark: that comes first.
    """
    chain = pinned_chain(region)
    if chain is None:
        return
    is_pinned: list[Config] = [{"name": PIN_HEADER, "string_match": {"exact": region.pin}}]
    if gateway.residency:
        is_pinned.append({"name": gateway.residency_header, "present_match": False})
    told = {
        "header": {"key": PIN_HEADER, "value": region.pin},
        "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
    }
    for route in _forwarded(gateway, [Share(chain, 1)], is_pinned):
        yield {**route, "response_headers_to_add": [told]}


def _from_peers(gateway: GatewayPlan, here: GatewayRegion) -> Iterator[Config]:
    """The sender has chosen this region; so its mark, if it has one, must allow it."""
    hop = {"name": HOP_HEADER, "present_match": True}
    mark = gateway.residency_header
    split = own_shares(here)
    for allowed in sorted(name for name, regions in gateway.residency.items() if here.name in regions):
        is_marked = {"name": mark, "string_match": {"exact": allowed}}
        yield from _forwarded(gateway, split, [hop, is_marked])
    unmarked = {"name": mark, "present_match": False}
    yield from _forwarded(gateway, split, [hop, unmarked])


def _marked(gateway: GatewayPlan, regions: Sequence[GatewayRegion], entry: Entry) -> Iterator[Config]:
    header = gateway.residency_header
    for mark in sorted(gateway.residency):
        is_marked = {"name": header, "string_match": {"exact": mark}}
        yield from _forwarded(gateway, shares(gateway, regions, entry, mark), [is_marked])
    known = ", ".join(sorted(gateway.residency)) or "none"
    yield _answer(
        {"prefix": API, "headers": [{"name": header, "present_match": True}]},
        400,
        f"unknown residency mark in header {header}; this deployment knows: {known}",
    )


def _forwarded(gateway: GatewayPlan, split: Sequence[Share], headers: list[Config]) -> Iterator[Config]:
    """A stream's headers come with its first token, a whole answer's after its last, so each has its own
    hedge delay."""
    get = {"name": ":method", "string_match": {"exact": "GET"}}
    streaming = {"filter": REQUEST_METADATA, "path": [{"key": "stream"}], "value": {"bool_match": True}}
    soon, late = gateway.hedge.streaming_after_s, gateway.hedge.buffered_after_s
    idle = gateway.stream_idle_s
    yield _forward({"headers": headers, "dynamic_metadata": [streaming]}, gateway, split, soon, idle)
    yield _forward({"headers": [*headers, get]}, gateway, split, soon, 0)
    yield _forward({"headers": headers}, gateway, split, late, 0)


def _forward(
    match: Config, gateway: GatewayPlan, split: Sequence[Share], hedge_s: float, idle_s: float
) -> Config:
    action: Config = {
        # Always a weighted split, also of one: a canary is then one more part of it.
        "weighted_clusters": {
            "clusters": [{"name": share.chain.name, "weight": share.weight} for share in split],
        },
        "timeout": seconds(gateway.request_timeout_s),
        "idle_timeout": seconds(idle_s),
        "retry_policy": retry_policy(gateway.retry, hedge_s),
        "hedge_policy": hedge_policy(),
    }
    if copies := [_copies(share.copies, share.copied) for share in split if share.copies and share.copied]:
        action["request_mirror_policies"] = copies
    if gateway.affinity_header is not None:
        action["hash_policy"] = [
            {"header": {"header_name": gateway.affinity_header}, "terminal": True},
            # Requests without a session are spread by their identifier.
            {"header": {"header_name": "x-request-id"}},
        ]
        action["weighted_clusters"]["use_hash_policy"] = True
    return {"match": {"prefix": API, **match}, "route": action}


def _copies(chain: Chain, parts: int) -> Config:
    fraction = {"default_value": {"numerator": parts, "denominator": "MILLION"}}
    return {"cluster": chain.name, "runtime_fraction": fraction}


def _answer(match: Config, status: int, text: str) -> Config:
    return {"match": match, "direct_response": {"status": status, "body": {"inline_string": text}}}


def _upstream_header(name: str, key: str, *, keep: bool = False) -> Config:
    """A header of the answer; `keep`: one that the replica has set stays."""
    return {
        "header": {"key": name, "value": f"%UPSTREAM_METADATA({METADATA}:{key})%"},
        "append_action": "ADD_IF_ABSENT" if keep else "OVERWRITE_IF_EXISTS_OR_ADD",
    }
