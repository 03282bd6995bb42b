"""What the Pulumi SDK's docstrings say of properties."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from llmdeploy.infra.simulate.schema.sdk_source import resource_file, resource_index, source

_DOCUMENTED: Final = re.compile(
    r'@pulumi\.getter(?:\(name="(?P<wire>[^"]+)"\))?\n(?:    @.*\n)*    def (?P<name>\w+)\(self\) -> .*:\n'
    r'        """\n(?P<text>[\s\S]*?)"""'
)
_WORD: Final = r"(?:`\"?[\w.:/-]+\"?`|\"[\w.:/-]+\")"
_LIST: Final = re.compile(
    r"(?:Valid|Possible|Allowed) values(?: are)?:? *"
    rf"({_WORD}(?:(?:, | or |, or | and |, and ){_WORD})+)\.(?:\s|$)"
)

_NUMBER: Final = r"`?(-?\d[\d,]*)`?"
_RANGE: Final = re.compile(
    rf"(?:between|from|range is|range:) {_NUMBER} ?(?:and|to|through|-) ?{_NUMBER}(?![,.]?\d)", re.I
)
_BINDING: Final = re.compile(
    r"\b(?:must|valid|allowed|range|inclusive|can be|should be|to a value)\b", re.IGNORECASE
)


@cache
def documentation(token: str, of: str) -> Mapping[str, str]:
    """The text on each property of a class; `of` is the class, or "" for the resource's own arguments."""
    path = resource_file(token.split(":")[0], token)
    if path is None:
        return {}
    own = resource_index(token.split(":")[0])[token][1]
    names = [of] if of else [f"{own}InitArgs", f"{own}Args"]
    files = [source(path), source(path.parent / "_inputs.py")]
    text = next((found for name in names for file in files if (found := file.definition(name))), "")
    return {match["wire"] or match["name"]: match["text"] for match in _DOCUMENTED.finditer(text)}


def listed_values(text: str) -> list[str]:
    """The values of a sentence that only lists them: "Valid values are `a`, `b` and `c`." Else none."""
    found = _LIST.findall(" ".join(text.split()))
    return re.findall(r"[\w.:/-]+(?=\"?`|\")", found[0]) if len(found) == 1 else []


def stated_range(text: str) -> list[int] | None:
    """The range in the one sentence that binds a number: "Must be between 1 and 99." Else None."""
    sentences = re.split(r"(?<=[.!])\s+|\n\n", text)
    found = {
        (int(low.replace(",", "")), int(high.replace(",", "")))
        for sentence in sentences
        # A factor, as in "7, months * 31 (from 1 to 23), or 731", is no range.
        if _BINDING.search(sentence) and "*" not in sentence
        for low, high in _RANGE.findall(" ".join(sentence.split()))
    }
    if len(found) != 1:
        return None
    low, high = found.pop()
    return [low, high] if low < high else None
