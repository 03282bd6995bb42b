"""What the clouds hold after an `up`, by type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from llmdeploy.infra.simulate.records import Record


class Held:
    """The resources of one deployment, as the clouds were asked to make them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.records: Sequence[Record] = tuple(records)

    def aws(self, kind: str) -> Iterator[Record]:
        """Those of AWS of a class."""
        return self._of("aws", kind)

    def gcp(self, kind: str) -> Iterator[Record]:
        """Those of Google's cloud of a class."""
        return self._of("gcp", kind)

    def by_handle(self, handle: object) -> Record:
        """The resource with this id or ARN."""
        (found,) = [each for each in self.records if handle in {each.id, each.outputs.get("arn")}]
        return found

    def _of(self, package: str, kind: str) -> Iterator[Record]:
        return (each for each in self.records if each.package == package and each.type == kind)
