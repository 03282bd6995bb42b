"""The files of a node, by path."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from importlib.resources import files
from typing import Literal

from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.adapters import FLAGS, PREFIXES
from llmdeploy.serving.frameworks.launch import API_KEY, Launch
from llmdeploy.serving.node.load_program import load_program
from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.places import (
    METRICS_PORT,
    PORT,
    WEIGHTS,
    model_prefix,
    node_folder,
    reference_file,
)
from llmdeploy.serving.node.request import METRICS, NAMESPACE, NodeRequest, SecretSource
from llmdeploy.serving.node.units import units

ETC, OPT, SYSTEMD = "etc/llmdeploy", "opt/llmdeploy", "etc/systemd/system"
PROGRAMS = ("lib", "disk", "weights", "image", "secrets", "replica", "ready", "drain", "load", "watch")

KEEP_ALIVE_VARIABLES = {"vllm": "VLLM_HTTP_TIMEOUT_KEEP_ALIVE", "sglang": "SGLANG_TIMEOUT_KEEP_ALIVE"}
"""By the server's metrics row. Both close a connection after 5 idle seconds, just when a load balancer may
send a request into it: sporadic 502 (vllm-project/vllm#18472, sgl-project/sglang#19847). For others no such
setting is known here."""
KEEP_ALIVE_S = 4020
"""Above what load balancers keep idle connections for: at most 4000 s in AWS (ELB API), 600 s at Google."""

Cloud = Literal["aws", "gcp"]


def node_files(cloud: Cloud, request: NodeRequest) -> dict[str, str]:
    """Everything that the node needs, by path from the root. None of it is secret.

    Raises:
        LlmdeployError: an environment variable of the container holds a line break.
    """
    launch = request.launch
    return {
        f"{ETC}/node.env": _node_environment(cloud, request),
        f"{ETC}/container.env": _container_environment({**_keep_alive(launch), **launch.environment}),
        f"{ETC}/load.awk": load_program(launch.metrics),
        **{f"{ETC}/files/{number}": file.content for number, file in enumerate(launch.files)},
        f"{OPT}/cloud.sh": script(f"cloud-{cloud}"),
        **{
            f"{OPT}/{name}.sh": script(name)
            for name in (*PROGRAMS, *(["adapters"] if request.adapters else []))
        },
        **{f"{SYSTEMD}/{name}": content for name, content in units(request).items()},
    }


def script(name: str) -> str:
    """A program of scripts/, without its comment lines: user data is short of room."""
    text = files("llmdeploy.serving.node").joinpath(f"scripts/{name}.sh").read_text("utf-8")
    kept = (line for line in text.splitlines() if line and not line.lstrip().startswith("# "))
    return "\n".join((*kept, ""))


def _node_environment(cloud: Cloud, request: NodeRequest) -> str:
    """Settings as bash reads them; lists are arrays, whose items hold words separated by blanks."""
    launch = request.launch
    single = {
        "STACK": request.stack,
        "LOCATION": request.location,
        "PROJECT": request.project,
        "BUCKET": request.bucket,
        "IMAGE": request.image,
        "LOG_GROUP": request.log_group,
        "NAMESPACE": NAMESPACE,
        "METRIC": METRICS[cloud],
        "DISK": request.startup.disk.kind,
        "GPUS": _gpus(request),
        "SHM_GIB": str(launch.shm_gib),
        "PORT": str(PORT),
        "METRICS_PORT": str(PORT if launch.metrics_port == launch.port else METRICS_PORT),
        "METRICS_PATH": launch.metrics_path,
        "READY_PATH": launch.ready_path,
        "PROBE_TIMEOUT_S": f"{launch.probe_timeout_s:g}",
        "CONCURRENCY": str(request.concurrency),
        "DRAIN_S": str(round(request.drain_s)),
        "WEIGHTS": WEIGHTS,
        "CACHE": launch.cache_folder,
    }
    several = {
        "COMMAND": launch.command,
        "PUBLISHED": _published(launch),
        "MODELS": [model_words(model) for model in request.models],
        "SECRETS": [
            f"{variable} {_source(request.secrets[name])}"
            for variable, name in sorted(launch.secret_environment.items())
            if name in request.secrets
        ],
        "FILES": [
            f"{number} {file.path} {_source(request.secrets[API_KEY]) if file.secret else '- -'}"
            for number, file in enumerate(launch.files)
        ],
        "TARGET_GROUPS": request.target_groups,
        "ULIMITS": [f"{name}={value}" for name, value in sorted(launch.ulimits.items())],
    }
    lines = [f"{name}={shlex.quote(value)}" for name, value in single.items() if value]
    lines += [f"{name}=" for name, value in single.items() if not value]
    lines += [f"{name}=({_words(values)})" for name, values in several.items()]
    return "\n".join((*lines, *_adapters(request), ""))


def _adapters(request: NodeRequest) -> Iterable[str]:
    """Settings of `adapters.sh`, and the place of what it adds to these; STAGED is what it tries first."""
    adapters = request.launch.runtime_adapters
    if not request.adapters or adapters is None:
        return
    yield f"ADAPTERS={shlex.quote(request.adapters)}"
    yield f"ADAPTERS_FLAG={FLAGS[adapters.calls]}"
    yield f"ADAPTERS_CALLS={PREFIXES[adapters.calls]}"
    yield 'COMMAND_OPEN=("${COMMAND[@]}")'
    yield '[ ! -e "$RUN/adapters.env${STAGED:-}" ] || . "$RUN/adapters.env${STAGED:-}"'


def _published(launch: Launch) -> list[str]:
    """Ports of the instance and of the container, as Docker takes them."""
    server = f"{PORT}:{launch.port}"
    if launch.metrics_port == launch.port:
        return [server]
    return [server, f"127.0.0.1:{METRICS_PORT}:{launch.metrics_port}"]


def _words(values: Iterable[str]) -> str:
    return " ".join(map(shlex.quote, values))


def _gpus(request: NodeRequest) -> str:
    if request.gpus == request.instance_gpus:
        return "all"
    return f'"device={",".join(map(str, range(request.gpus)))}"'


def model_words(model: NodeModel) -> str:
    """prefix, folder, reference file or `-`, and whether the hub has it too."""
    reference = reference_file(model.source, model.revision) or "-"
    prefix, folder = model_prefix(model.source, model.revision), node_folder(model.source, model.revision)
    return f"{prefix} {folder} {reference} {'hub' if model.from_hub else 'bucket'}"


def _source(source: SecretSource) -> str:
    return f"{source.id} {source.field or '-'}"


def _keep_alive(launch: Launch) -> dict[str, str]:
    variable = KEEP_ALIVE_VARIABLES.get(launch.metrics)
    return {variable: str(KEEP_ALIVE_S)} if variable else {}


def _container_environment(environment: dict[str, str]) -> str:
    for name, value in environment.items():
        if "\n" in value:
            raise LlmdeployError(
                f"the container's environment variable {name} has a line break, which Docker cannot read",
                "put the value into one line",
            )
    return "".join(f"{name}={value}\n" for name, value in environment.items())
