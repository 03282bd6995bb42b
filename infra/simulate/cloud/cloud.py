"""One simulated cloud: what the provider of its package would do, against the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any, Final

from llmdeploy.infra.simulate import schema
from llmdeploy.infra.simulate.checks.table import problems_of
from llmdeploy.infra.simulate.cloud.autoname import autoname
from llmdeploy.infra.simulate.cloud.azure_deployment import until_succeeded
from llmdeploy.infra.simulate.cloud.in_service import until_in_service
from llmdeploy.infra.simulate.cloud.pace import Call, go_through, until_seen
from llmdeploy.infra.simulate.cloud.unique import check_unique
from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.endpoints import ENDPOINT, scaled_by
from llmdeploy.infra.simulate.fleet.launch import settle
from llmdeploy.infra.simulate.fleet.want import AUTOSCALERS
from llmdeploy.infra.simulate.identity import aws, azure, gcp
from llmdeploy.infra.simulate.identity.azure import DEPLOYMENT as AZURE_DEPLOYMENT
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.identity.seed import Seed
from llmdeploy.infra.simulate.records import Record, Reference
from llmdeploy.infra.simulate.references.deletion import check_unused
from llmdeploy.infra.simulate.references.handles import handles
from llmdeploy.infra.simulate.references.resolve import Resolver
from llmdeploy.infra.simulate.store import Store
from llmdeploy.infra.simulate.wire import has_unknown

_IDENTITY: Final[dict[str, ModuleType]] = {"aws": aws, "gcp": gcp, "azure-native": azure}
_UNSURE: Final = {"aws:ec2/launchTemplate:LaunchTemplate": ("latestVersion", "defaultVersion")}
"""What the provider calls unknown beforehand whatever is changed, though not all of it counts up: tags
do not (CustomizeDiff and updateKeys of terraform-provider-aws, internal/service/ec2/ec2_launch_template.go).
"""


@dataclass(frozen=True, slots=True)
class Cloud:
    """The resources of one package. All methods raise CloudError, in the words of the real cloud."""

    package: str
    store: Store
    place: Place

    def check(
        self, token: str, urn: str, olds: Mapping[str, Any], news: Mapping[str, Any]
    ) -> tuple[dict[str, Any], list[schema.InputFailure]]:
        """What the provider adds to the inputs, and everything that is wrong with them."""
        failures = schema.check_inputs(
            token, {key: value for key, value in news.items() if not key.startswith("__")}
        )
        if failures:
            return {}, failures
        return autoname(token, urn, self.store.generation(urn), news, olds), []

    def foresee(self, token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of a resource before it is made: its inputs. Raises CloudError: it cannot be made."""
        missing = self._resolver().known_to_be_missing(token, inputs)
        problems = self._problems(token, inputs, planned=True)
        self._refuse("creating", token, inputs, [*missing, *problems])
        unknown = dict.fromkeys(
            (name for name in schema.outputs(token) if name not in inputs), schema.UNKNOWN
        )
        return {**unknown, **inputs}

    def foresee_change(self, record: Record, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """What is known of a resource before it is changed."""
        missing = self._resolver().known_to_be_missing(record.token, inputs)
        problems = self._problems(record.token, inputs, record.number, planned=True)
        self._refuse("updating", record.token, inputs, [*missing, *problems])
        outputs: dict[str, Any] = self._identity().change(record.token, record.outputs, record.inputs, inputs)
        # What counts up is known only when it has counted.
        counted = set(_UNSURE.get(record.token, ())) if inputs != record.inputs else set()
        counted |= {
            name
            for name in ("latestVersion", "defaultVersion", "version", "fingerprint")
            if outputs.get(name) != record.outputs.get(name)
        }
        return {
            name: schema.UNKNOWN if name in counted and name not in inputs else value
            for name, value in outputs.items()
        }

    async def create(self, urn: str, inputs: dict[str, Any], secrets: tuple[str, ...], call: Call) -> Record:
        """Make it."""
        await self._ready(call, "creating", inputs)
        with self.store.change():
            seed = Seed(urn, self.store.generation(urn))
            made = self._identity().make(call.token, inputs, seed, self.place)
            try:
                check_unique(self.store, call.token, made)
            except CloudError as error:
                self._refuse(
                    "creating",
                    call.token,
                    inputs,
                    [(error.code, error.problem.removeprefix(f"{error.code}: "))],
                )
            record = Record(0, call.token, made.id, urn, made.region, inputs, made.outputs, secrets)
            record = replace(record, number=self.store.add(record))
            self._settle(record)
        if record.token == ENDPOINT:
            await until_in_service(self.store, record, call)
        if record.token == AZURE_DEPLOYMENT:
            await until_succeeded(self.store, record, call)
        self._require_capacity(record)
        return record

    async def update(
        self, record: Record, inputs: dict[str, Any], secrets: tuple[str, ...], call: Call
    ) -> Record:
        """Change it in place."""
        await self._ready(call, "updating", inputs, record.number)
        with self.store.change():
            outputs = self._identity().change(record.token, record.outputs, record.inputs, inputs)
            changed = replace(record, inputs=inputs, outputs=outputs, secrets=secrets)
            self.store.put(changed)
            self._settle(changed)
        self._require_capacity(changed)
        return changed

    async def delete(self, record: Record, call: Call) -> None:
        """Remove it."""
        await go_through(Faults(self.store), call)
        with self.store.change():
            try:
                check_unused(record, self.store.users(record.number))
            except CloudError as error:
                raise CloudError(
                    "", f"deleting {record.type} ({record.id}): {self._api(error.code, error.problem)}"
                ) from None
            self.store.remove(record.number)

    def find(self, token: str, urn: str, identity: str, region: str = "") -> Record | None:
        """As `known`; None also for what is not seen yet."""
        record = self.known(token, urn, identity, region)
        return None if record is None or self._hidden(record) else record

    def known(self, token: str, urn: str, identity: str, region: str = "") -> Record | None:
        """The resource of that id; of two with the same, the one of that URN. None: the cloud has none.

        Args:
            region: where the engine had it; in each region of AWS there may be one of the same id.
        """
        of_urn = self.store.by_urn(urn)
        found = [record for record in of_urn if record.id == identity and record.token == token]
        if found or not region or not token.startswith("aws:"):
            return found[-1] if found else self.store.find(token, identity)
        here = [each for each in self.store.of(token) if each.id == identity and each.region in {"", region}]
        return here[-1] if here else None

    async def _ready(self, call: Call, doing: str, inputs: dict[str, Any], number: int = 0) -> None:
        await go_through(Faults(self.store), call)
        resolve = partial(self._resolver().resolve, call.token, call.region, inputs)
        if Faults(self.store).of("late") and not resolve().missing:
            seen = partial(self._resolver(self._hidden).resolve, call.token, call.region, inputs)
            await until_seen(call, lambda: seen().missing)
        problems = self._problems(call.token, inputs, number)
        self._refuse(doing, call.token, inputs, [*resolve().missing, *problems])

    def _hidden(self, record: Record) -> bool:
        """Whether the cloud does not know of it yet: it was made only just now, and is to be late."""
        late = Faults(self.store).seconds("late", record.token, record.name, record.region)
        return time.time() - record.created < late

    def _settle(self, record: Record) -> None:
        """Bring what hangs on a written resource up to date: who is known by what, instances."""
        references = self._references(record)
        own = handles(record.token, record.id, record.inputs, record.outputs)
        self.store.index(record.number, own, references)
        settle(self.store, record)
        if endpoint := scaled_by(self.store, record):
            settle(self.store, endpoint)
        if record.token in AUTOSCALERS:
            for reference in references:
                group = self.store.get(reference.target)
                if group is not None:
                    settle(self.store, group)

    def _references(self, record: Record) -> list[Reference]:
        return self._resolver().resolve(record.token, record.region, record.inputs).references

    def _require_capacity(self, record: Record) -> None:
        """The providers that wait for instances give up when there are too few."""
        waits = {
            "aws:autoscaling/group:Group": str(record.inputs.get("waitForCapacityTimeout", "10m"))
            not in {"0", "0s", "0m"},
            "aws:ecs/service:Service": record.inputs.get("waitForSteadyState") is True,
        }.get(record.token, record.inputs.get("waitForInstances") is True)
        for shortage in self.store.shortages() if waits else ():
            if shortage.group == record.number:
                raise CloudError(
                    "",
                    (
                        f"waiting for {record.type} ({record.id}) capacity satisfied: {shortage.has} of "
                        f"{shortage.wanted}: {shortage.message}"
                    ),
                )

    def _problems(
        self, token: str, inputs: Mapping[str, Any], number: int = 0, *, planned: bool = False
    ) -> list[tuple[str, str]]:
        region = (
            self._identity().region_of(token, inputs, self.place)
            if not has_unknown(inputs.get("region"))
            else ""
        )
        return problems_of(token, inputs, region, self.store, number, planned=planned)

    def _refuse(
        self, doing: str, token: str, inputs: Mapping[str, Any], problems: list[tuple[str, str]]
    ) -> None:
        if problems:
            kind, name = token.rpartition(":")[2], inputs.get("name", "")
            told = "; ".join(self._api(*problem) for problem in problems)
            raise CloudError(
                "", f"{doing} {kind}{f' ({name})' if isinstance(name, str) and name else ''}: {told}"
            )

    def _api(self, code: str, message: str) -> str:
        message = message.removeprefix(f"{code}: ")
        if self.package == "azure-native":
            return f'Status=400 Code="{code}" Message="{message}"'
        return (
            f"api error {code}: {message}"
            if self.package == "aws"
            else f"googleapi: Error: {message}, {code}"
        )

    def _resolver(self, hidden: Callable[[Record], bool] = lambda record: False) -> Resolver:
        zones = self.store.settings().get("hosted_zones", [])
        return Resolver(self.store, frozenset(zone["id"] for zone in zones), hidden)

    def _identity(self) -> ModuleType:
        return _IDENTITY[self.package]
