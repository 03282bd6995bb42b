"""`llmdeploy:local:Gateway`: Envoy in front of the replicas of all regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from llmdeploy.infra.provider import envoy, files, ports, program_files, programs, readiness, supervisord
from llmdeploy.infra.provider.envoy import PROGRAM, Gateway
from llmdeploy.infra.provider.errors import PortTaken
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.supervisor import Folder, Running
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.gateway import Backend
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Role, Slot

API_PATH = "/v1"
_Port = Annotated[int, Field(ge=1, le=65_535)]


class BesideInputs(Frozen):
    """A version beside a region's own (serving.gateway.versions.Beside)."""

    role: Role
    slot: Slot
    revision: str
    percent: Annotated[int, Field(ge=0, le=100)] = 0
    mirrored: bool = False


class RegionInputs(Frozen):
    """A region, its share of the traffic, and which regions take over (serving.gateway.versions)."""

    name: str
    weight: int
    failover: tuple[str, ...] = ()
    slot: Slot = "blue"
    beside: BesideInputs | None = None
    evacuated: bool = False


class BackendInputs(Frozen):
    """A replica's address."""

    region: str
    replica: str
    host: str
    port: _Port
    slot: Slot = "blue"


class GatewayInputs(Frozen):
    """The plan of the gateway and what stands behind it. `entries` are the regions that get a port, in
    order.
    """

    folder: Folder
    plan: GatewayPlan
    regions: Annotated[tuple[RegionInputs, ...], Field(min_length=1)]
    backends: tuple[BackendInputs, ...]
    entries: Annotated[tuple[str, ...], Field(min_length=1)]
    api_keys: dict[str, str] = Field(default_factory=dict)
    startup_timeout_s: Annotated[float, Field(gt=0)] = 60
    drain_timeout_s: Annotated[float, Field(ge=0)] = 5
    status: Running = "running"


class GatewayResource:
    """One Envoy. Outputs: status, config, files (digests by name), ports (by region), endpoints, pid, log."""

    inputs = GatewayInputs
    replace_on = frozenset({"folder"})
    secret_outputs: frozenset[str] = frozenset()

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """The folder."""
        return str(inputs["folder"])

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """Ports of entries that stay are known, those of new ones are not."""
        if inputs["entries"] == UNKNOWN:
            return dict.fromkeys(("ports", "endpoints", "files", "config", "pid", "log"), UNKNOWN) | {
                "status": "running"
            }
        found = {name: old.get("ports", {}).get(name, UNKNOWN) for name in inputs["entries"]}
        known = _known(inputs) and UNKNOWN not in found.values()
        gateway = Gateway.of(inputs, found) if known else None
        return {
            "status": "running",
            "config": gateway.envoy.program.config if gateway else UNKNOWN,
            "files": gateway.envoy.digests if gateway else UNKNOWN,
            "ports": found,
            "endpoints": {name: UNKNOWN if port == UNKNOWN else _url(port) for name, port in found.items()},
            "pid": UNKNOWN,
            "log": UNKNOWN if inputs["folder"] == UNKNOWN else _log(inputs),
        }

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Edited, missing and foreign files."""
        found: set[str] = set()
        if _known(inputs) and set(inputs["entries"]) == set(state["ports"]):
            wanted = Gateway.of(inputs, state["ports"])
            found |= {"config"} if state.get("config") != wanted.envoy.program.config else set()
            found |= {f'files["{name}"]' for name in _different(state["files"], wanted.envoy.digests)}
        return found

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Start Envoy and wait until it serves, on the ports that an interrupted run left when there are
        any.
        """
        folder = Path(inputs["folder"])
        supervisord.require(folder, PROGRAM)
        gateway = Gateway.of(inputs, _entry_ports(inputs, program_files.ports_on_disk(folder, PROGRAM)))
        try:
            sight = _serve(gateway, gateway.backends, inputs, work)
        except BaseException:
            self.delete(inputs, Work(work.report))
            raise
        return _outputs(gateway, sight)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """What runs, and what is on disk."""
        folder = Path(state["folder"])
        sight = programs.look(folder, PROGRAM)
        if not folder.is_dir() and not sight.pid:
            return None
        wanted = Gateway.of(state, state["ports"]).envoy.digests
        return {
            "status": _health(state, sight),
            "config": program_files.config_on_disk(folder, PROGRAM),
            "files": envoy.digests_on_disk(folder, wanted),
            "ports": state["ports"],
            "endpoints": state["endpoints"],
            "pid": sight.pid,
            "log": _log(state),
        }

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Change the files under the running Envoy, or mend it. Replicas that go are dropped after those
        that come
        have been seen healthy.

        Raises:
            PortTaken: another process listens on the port of an entry.
            ProcessFailed: Envoy does not serve, or does not see the replicas healthy.
        """
        folder = Path(inputs["folder"])
        supervisord.require(folder, PROGRAM)
        before = Gateway.of(state, state["ports"])
        after = Gateway.of(inputs, _entry_ports(inputs, state["ports"]))
        if state.get("status") in ("hung", "suspended", "not listening"):
            programs.stop(folder, PROGRAM, 0, work)
        awaited = after.backends
        if state.get("status") == "running" and set(before.backends) == set(after.backends):
            # Only the routes change: traffic must be moved off a replica also while that one is ill.
            awaited = ()
        if set(before.backends) - set(after.backends):
            _serve(_both(before, after), awaited, inputs, work)
        sight = _serve(after, awaited, inputs, work)
        return _outputs(after, sight)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """End Envoy and remove its files."""
        import shutil

        folder = Path(state["folder"])
        programs.remove(folder, PROGRAM, state["drain_timeout_s"], work)
        programs.remove_log(folder, PROGRAM)
        shutil.rmtree(envoy.files_folder(folder), ignore_errors=True)
        envoy.admin_socket(folder).unlink(missing_ok=True)


def _serve(gateway: Gateway, awaited: Sequence[Backend], inputs: Mapping[str, Any], work: Work) -> Sight:
    """Write the files, have Envoy run, and wait until it has taken them up and sees the awaited replicas
    healthy.
    """
    _require_ports(gateway)
    gateway.envoy.write()
    files.prepare_socket_folder(envoy.admin_socket(gateway.folder))
    programs.start(gateway.envoy.program, work)

    def ready(sight: Sight) -> bool:
        return not envoy.unhealthy(gateway.folder, awaited) and all(
            readiness.answers(entry.port, envoy.HEALTH_PATH) for entry in gateway.entries
        )

    doing = "waiting until every replica is seen healthy"
    return readiness.wait_ready(gateway.folder, PROGRAM, ready, inputs["startup_timeout_s"], doing, work)


def _both(before: Gateway, after: Gateway) -> Gateway:
    """The gateway of the change: the new one, with the old replicas beside the new ones in the regions that
    stay.
    """
    regions = {region.name for region in after.regions}
    staying = tuple(b for b in before.backends if b.region in regions and b not in after.backends)
    return replace(after, backends=after.backends + staying)


def _entry_ports(inputs: Mapping[str, Any], found: Mapping[str, int]) -> dict[str, int]:
    return {name: found.get(name) or ports.choose_port() for name in inputs["entries"]}


def _require_ports(gateway: Gateway) -> None:
    """An entry's port was promised to clients: it is not exchanged for another in silence."""
    pids = programs.pids(gateway.folder, PROGRAM)
    for entry in gateway.entries:
        if ports.is_taken(entry.port, pids):
            raise PortTaken(
                f"port {entry.port}, the entry of {entry.region}, is taken by "
                f"{ports.describe_holder(entry.port)}",
                "end that process and run it again, or `llmdeploy destroy` and `up` for another port",
            )


def _outputs(gateway: Gateway, sight: Sight) -> State:
    return {
        "status": "running",
        "config": gateway.envoy.program.config,
        "files": gateway.envoy.digests,
        "ports": {entry.region: entry.port for entry in gateway.entries},
        "endpoints": {entry.region: _url(entry.port) for entry in gateway.entries},
        "pid": sight.pid,
        "log": str(program_files.log_file(gateway.folder, PROGRAM)),
    }


def _health(state: Mapping[str, Any], sight: Sight) -> str:
    """The program's status, told further: `hung` when the administration page is silent, `not listening` when
    an entry's port was taken as Envoy started.
    """
    if sight.status not in ("running", "starting"):
        return sight.status
    if not envoy.answers(Path(state["folder"])):
        return "hung"
    listening = all(ports.listens(port, sight.pid) for port in state["ports"].values())
    return "running" if listening else "not listening"


def _different(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    return [name for name in {**found, **wanted} if found.get(name) != wanted.get(name)]


def _known(inputs: Mapping[str, Any]) -> bool:
    return UNKNOWN not in str(inputs)


def _url(port: int) -> str:
    return f"http://{ports.HOST}:{port}{API_PATH}"


def _log(inputs: Mapping[str, Any]) -> str:
    return str(program_files.log_file(Path(inputs["folder"]), PROGRAM))
