"""What shall go wrong in the simulated clouds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from typing import Any, Final, Literal, get_args

from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.store import Store

Kind = Literal[
    "capacity", "quota", "fail", "slow", "late", "throttle", "misbehave", "invoke", "unhealthy", "expired"
]

INVOKED: Final = ("throttled", "unavailable", "not-ready", "expired", "model-error")
"""How a call of a managed endpoint can be refused on purpose: too many calls, no service, a model that is
still being loaded, credentials that have ended, an error of the container.
"""

FAILS_LATER: Final = frozenset(
    {"aws:sagemaker/endpoint:Endpoint", "azure-native:machinelearningservices:OnlineDeployment"}
)
"""What is there while it starts, and stays there when it fails."""
_THROTTLED: Final = 5
"""How many calls in a row are throttled where the fault does not say."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong. Empty fields match everything.

    Attributes:
        kind: `capacity`: the cloud has no instances of the type in the place. `quota`: it has, but not for
        us.
            `fail`: creates and updates are refused. `slow`: they take `seconds` longer. `late`: what was made
            is seen only after `seconds`. `throttle`: calls are refused until they have been tried again.
            `misbehave`: replicas of a live simulation do wrong, from the next `up` on. `invoke`: calls of the
            managed endpoints of a live simulation are refused, at once. `unhealthy`: the container of a
            managed endpoint never becomes healthy. `expired`: the credentials of `up` are not taken there.
        type: instance type for capacity, quota code for quota (`L-DB2E81BA`, `NVIDIA_L4_GPUS`), what replicas
            do wrong for misbehave (`errors=0.2`, see infra/replica/fault.py), how calls are refused for
            invoke (`throttled`), else the type of resource: its class or whole token.
        name: the logical name of a resource; for misbehave the version of the replicas: the framework's, the
            model's revision, or the beginning of the spec's; for invoke an endpoint or a service.
        region: without the provider: `us-east-1`.
        zone: `us-east-1a`.
        seconds: how much slower or later; of `fail` for a managed endpoint, after how long by the clock of
            its operation (the setting `pace`).
        times: how often, then the fault is over; 0: until it is cleared.
        limit: of a quota: vCPUs for AWS, GPUs for Google Cloud.
    """

    kind: Kind
    type: str = ""
    name: str = ""
    region: str = ""
    zone: str = ""
    seconds: float = 0.0
    times: int = 0
    limit: int = 0

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> Fault:
        """From a settings file. Raises SimulationError: unknown kind or field."""
        known = [field.name for field in fields(cls)]
        for key in values:
            if key not in known:
                raise SimulationError(f"a fault has no field {key!r}", _hint(key, known))
        if values.get("kind") not in get_args(Kind):
            kinds = list(get_args(Kind))
            raise SimulationError(
                f"there is no fault {values.get('kind')!r}", _hint(str(values.get("kind")), kinds)
            )
        fault = cls(**values)
        if fault.kind == "misbehave":
            _check_misbehaviour(fault.type)
        if fault.kind == "invoke" and fault.type not in INVOKED:
            raise SimulationError(
                f"calls cannot be refused as {fault.type!r}", f"add --type: {', '.join(INVOKED)}"
            )
        return fault

    def hits(self, token: str, name: str, region: str) -> bool:
        """Whether it is about this resource."""
        return (
            self.type in {"", token, token.rpartition(":")[2]}
            and self.name in {"", name}
            and self.region in {"", region}
        )

    def describe(self) -> str:
        """One line for people."""
        where = self.zone or self.region or "everywhere"
        what = " ".join(filter(None, (self.type, self.name))) or "everything"
        left = f", {self.times} times" if self.times else ""
        if self.kind == "quota":
            return f"quota {what} is {self.limit}, {where}"
        if self.kind == "capacity":
            return f"no capacity for {what}, {where}"
        if self.kind == "misbehave":
            return f"replicas of {self.name or 'every version'} misbehave ({self.type}), {where}"
        if self.kind == "invoke":
            return (
                f"calls of {self.name or 'every managed endpoint'} are refused ({self.type}), {where}{left}"
            )
        lasts = f" {self.seconds:g} s" if self.seconds else ""
        return f"{self.kind}{lasts}: {what}, {where}{left}"


class Faults:
    """The faults that are set, in the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[tuple[int, Fault]]:
        """Number and fault, oldest first."""
        return [(number, Fault(**value)) for number, value in self._store.faults()]

    def of(self, kind: Kind) -> list[Fault]:
        """Those of a kind."""
        return [fault for _, fault in self.all() if fault.kind == kind]

    def add(self, fault: Fault) -> int:
        """Set one; its number is returned."""
        if fault.kind == "throttle" and not fault.times:
            fault = Fault(**{**asdict(fault), "times": _THROTTLED})
        return self._store.add_fault(asdict(fault))

    def clear(self, number: int | None = None) -> int:
        """End one, or all. Returns how many there were."""
        found = [each for each, _ in self.all() if number in {None, each}]
        for each in found:
            self._store.put_fault(each, None)
        return len(found)

    def seconds(self, kind: Kind, token: str, name: str, region: str) -> float:
        """The longest delay of a kind for a resource; 0: none."""
        return max((each.seconds for each in self.of(kind) if each.hits(token, name, region)), default=0.0)

    def strike(self, kind: Kind, token: str, name: str, region: str) -> bool:
        """Whether a fault of the kind happens to this call; one that happens a number of times is counted
        down. A failure of what the call has made is none of the call itself.
        """
        return self._struck(kind, token, name, region, later=False) is not None

    def strike_later(self, token: str, name: str, region: str) -> float:
        """After how many seconds what this call makes has failed; 0: it does not."""
        fault = self._struck("fail", token, name, region, later=True)
        return 0.0 if fault is None else fault.seconds

    def _struck(self, kind: Kind, token: str, name: str, region: str, *, later: bool) -> Fault | None:
        with self._store.change():
            for number, fault in self.all():
                comes_later = fault.kind == "fail" and fault.seconds > 0 and token in FAILS_LATER
                if fault.kind != kind or comes_later != later or not fault.hits(token, name, region):
                    continue
                if fault.times:
                    left = {**asdict(fault), "times": fault.times - 1}
                    self._store.put_fault(number, left if fault.times > 1 else None)
                return fault
        return None


def _check_misbehaviour(told: str) -> None:
    from llmdeploy.infra.replica.fault import VARIABLE, read_fault

    if not read_fault({VARIABLE: told}).text:
        raise SimulationError("misbehave does not say what replicas do wrong", "add --type errors=0.2")


def _hint(given: str, known: list[str]) -> str:
    close = get_close_matches(given, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"
