"""A plan as a short text, for a stack's state: it is kept for each revision that one can go back to."""

from __future__ import annotations

import base64
import zlib
from typing import Self

from pydantic import RootModel

from llmdeploy.serving.plan.model import Plan


class PackedPlan(RootModel[str]):
    """A plan without what only its readers want: decisions and warnings."""

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Pack a plan; the same plan always becomes the same text."""
        bare = plan.model_copy(update={"decisions": (), "warnings": ()})
        text = bare.model_dump_json(exclude_defaults=True).encode()
        return cls(base64.b85encode(zlib.compress(text, 9)).decode())

    def plan(self) -> Plan:
        """The plan."""
        return Plan.model_validate_json(zlib.decompress(base64.b85decode(self.root)))
