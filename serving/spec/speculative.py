"""`speculative`: guess several tokens cheaply, then check them at once."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from llmdeploy.serving.spec.model import Source
from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.values import Count

SpeculativeMethod = Literal["draft", "ngram", "eagle", "mtp"]


class Speculative(SpecSection):
    """Speculative decoding: the same answers, sooner, when the guesses are good."""

    short_form: ClassVar[str] = "method"

    method: SpeculativeMethod = Field(
        description=(
            "draft: a smaller model guesses; ngram: the prompt's own words; eagle: a trained head; "
            "mtp: the model's own further heads."
        ),
        examples=["draft"],
    )
    model: Source | None = Field(
        default=None,
        description="The draft model or the eagle head.",
        examples=["meta-llama/Llama-3.2-1B-Instruct"],
    )
    tokens: Count | None = Field(default=None, description="Tokens guessed at a time.", examples=[5])
