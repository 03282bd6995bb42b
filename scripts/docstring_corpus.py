"""Every example in the docstrings of the Pulumi SDK's resources, as inputs: programs that clouds take.

What an example does not write as a literal (another resource's output, a file) is UNKNOWN.
`python -m scripts.docstring_corpus` prints what the checker says of them.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.infra.simulate.schema import UNKNOWN, check_inputs, inputs, is_function
from llmdeploy.infra.simulate.schema.property_type import PropertyType
from llmdeploy.infra.simulate.schema.sdk_source import DISTRIBUTIONS, resource_file, resource_index, source

_EXAMPLE: Final = re.compile(r"^( *)```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_NOT_PROPERTIES: Final = frozenset({"opts", "resource_name"})


@dataclass(frozen=True, slots=True)
class Example:
    """A resource that an example makes: its token, its inputs, and the token whose docstring shows it."""

    token: str
    inputs: dict[str, Any]
    shown_by: str


def corpus(package: str, modules: Container[str] | None = None) -> Iterator[Example]:
    """All examples of a package (`aws` or `gcp`), or of some of its modules (`ec2`), each once."""
    classes = {
        f"{package}.{folder}.{name}" if folder else f"{package}.{name}": token
        for token, (folder, name) in resource_index(package).items()
    }
    seen = set()
    for shown_by, (folder, name) in resource_index(package).items():
        if modules is not None and folder not in modules:
            continue
        path = resource_file(package, shown_by)
        text = source(path).definition(name) if path else ""
        for token, given in _resources(text, classes):
            key = (token, repr(given))
            if key not in seen:
                seen.add(key)
                yield Example(token, given, shown_by)


def mistakes(package: str) -> list[str]:
    """What the checker says of the examples, a line each, sorted."""
    return sorted(
        {
            f"{example.token} {failure.property} {failure.reason}"
            for example in corpus(package)
            for failure in check_inputs(example.token, example.inputs)
        }
    )


def invokes(package: str) -> Iterator[Example]:
    """All calls of data sources in the examples, each once."""
    seen = set()
    for shown_by, (_, name) in resource_index(package).items():
        path = resource_file(package, shown_by)
        for call in _calls(source(path).definition(name) if path else ""):
            token = _function(package, ast.unparse(call.func))
            if token:
                given = _inputs(call, inputs(token))
                if (key := (token, repr(given))) not in seen:
                    seen.add(key)
                    yield Example(token, given, shown_by)


def _function(package: str, dotted: str) -> str | None:
    """`aws.ec2.get_ami` → its token, when the SDK has it."""
    own, _, rest = dotted.partition(".")
    module, _, name = rest.rpartition(".")
    if own != package or not name.startswith("get_"):
        return None
    head, *parts = name.removesuffix("_output").split("_")
    short = head + "".join(part[:1].upper() + part[1:] for part in parts)
    token = f"{package}:{module or 'index'}/{short}:{short}"
    return token if is_function(token) else None


def _calls(text: str) -> Iterator[ast.Call]:
    for match in _EXAMPLE.finditer(text):
        try:
            tree = ast.parse(textwrap.dedent(match.group(2)))
        except SyntaxError:
            continue
        yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _resources(text: str, classes: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for call in _calls(text):
        if token := classes.get(ast.unparse(call.func)):
            yield token, _inputs(call, inputs(token))


def _inputs(call: ast.Call, types: Mapping[str, PropertyType]) -> dict[str, Any]:
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg not in _NOT_PROPERTIES}
    return {
        camel(name, types): _wire(value, types.get(camel(name, types)))
        for name, value in given.items()
        if name
    }


def _wire(node: ast.expr, kind: PropertyType | None) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=items):
            return [_wire(item, kind.element if kind else None) for item in items]
        case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
            return _mapping(keys, values, kind)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
    return UNKNOWN


def _mapping(
    keys: list[ast.expr | None], values: list[ast.expr], kind: PropertyType | None
) -> dict[str, Any]:
    out = {}
    for key, value in zip(keys, values, strict=True):
        name = str(ast.literal_eval(key)) if key else ""
        if kind is not None and kind.kind == "object":
            name = camel(name, kind.properties)
            out[name] = _wire(value, kind.properties.get(name))
        else:
            out[name] = _wire(value, kind.element if kind and kind.kind == "map" else None)
    return out


def camel(name: str, known: Mapping[str, Any]) -> str:
    """The wire's name of a Python argument."""
    head, *rest = name.split("_")
    plain = head + "".join(part[:1].upper() + part[1:] for part in rest)
    if plain in known:
        return plain
    folded = plain.lower()
    return next((wire for wire in known if wire.lower() == folded), plain)


if __name__ == "__main__":
    for package in DISTRIBUTIONS:
        print("\n".join(mistakes(package)))
