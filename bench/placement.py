"""How long placement takes: every region of both clouds, repeated to 200, over all their instance types.

python -m bench.placement
"""

from __future__ import annotations

import resource
import time

from llmdeploy.serving.catalog.instances import instances_in
from llmdeploy.serving.catalog.prices import priced_regions
from llmdeploy.serving.models.lookup import model_architecture
from llmdeploy.serving.placement.ask import RegionAsk, ReplicaAsk
from llmdeploy.serving.placement.place import place
from llmdeploy.serving.speed.request import Workload
from llmdeploy.serving.speed.result import Target

REGIONS = 200


def main() -> None:
    """Print the seconds, the options looked at, and the memory of the process."""
    known = [name for provider in ("aws", "gcp") for name in priced_regions(provider)]
    names = [known[index % len(known)] for index in range(REGIONS)]
    begin = time.perf_counter()
    replica = _replica()
    placements = [place(_ask(replica, name, index)) for index, name in enumerate(names)]
    seconds = time.perf_counter() - begin
    options = sum(len(instances_in(name)) for name in names)
    placed = sum(placement.chosen is not None for placement in placements)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{REGIONS} regions ({len(known)} distinct), {options} options, {placed} placed")
    print(f"{seconds:.3f} s, {memory:.0f} MiB")


def _ask(replica: ReplicaAsk, region: str, index: int) -> RegionAsk:
    """Each with a load of its own, so that no answer is kept from a region of the same name."""
    return RegionAsk(
        region=region,
        replica=replica,
        gpu=None,
        count=None,
        purchase="on-demand",
        requests_per_second=1 + index / 100,
        least=1,
        most=None,
    )


def _replica() -> ReplicaAsk:
    return ReplicaAsk(
        architecture=model_architecture("meta-llama/Llama-3.3-70B-Instruct"),
        framework="vllm",
        server="vllm",
        version="0.32.0",
        weights="fp8",
        method=None,
        kv_cache="16-bit",
        context_length=16384,
        memory_fraction=None,
        batch_tokens=None,
        concurrency=None,
        tensor=None,
        pipeline=1,
        workload=Workload(),
        speculation=None,
        target=Target(ttft_p95=2.0),
    )


if __name__ == "__main__":
    main()
