"""The container of a replica on chosen hardware."""

from __future__ import annotations

from dataclasses import replace

from llmdeploy.serving.catalog.frameworks import server_name
from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.frameworks.from_spec import serve_request
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.frameworks.render import render
from llmdeploy.serving.frameworks.request import GpuFacts, ServeRequest
from llmdeploy.serving.node.places import in_container
from llmdeploy.serving.placement.fit import SIXTEEN_BIT
from llmdeploy.serving.placement.place import Option
from llmdeploy.serving.plan.draft import Draft


def container(draft: Draft, chosen: Option) -> Launch:
    """The framework's launch for the division that placement found."""
    spec, found = draft.spec, chosen.fit
    assert found is not None
    assert draft.architecture is not None
    assert draft.model is not None
    gpu = gpus()[chosen.instance.gpu]
    request = serve_request(
        spec,
        gpu_count=chosen.gpus,
        gpu=GpuFacts(gpu.memory_gib, gpu.compute_capability),
        quantized_checkpoint=draft.architecture.native not in SIXTEEN_BIT,
        context_length=draft.model.context_length,
    )
    divided = replace(request.parallel, tensor=found.tensor, pipeline=found.pipeline)
    server = server_name(spec.framework.name, spec.framework.backend)
    return render(server, _mounted(replace(request, parallel=divided)))


def _mounted(request: ServeRequest) -> ServeRequest:
    """With local folders as the container has them."""
    drafted = request.speculative
    if drafted is not None and drafted.model is not None:
        drafted = replace(drafted, model=in_container(drafted.model))
    return replace(
        request,
        model=in_container(request.model),
        adapters=tuple(replace(each, source=in_container(each.source)) for each in request.adapters),
        speculative=drafted,
    )
