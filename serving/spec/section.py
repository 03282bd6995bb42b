"""The base of every section of a spec: strict about types, with an optional short form."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from llmdeploy.serving.frozen import Frozen


def _as_written(key: str, _: object) -> str:
    return key


class SpecSection(Frozen):
    """A mapping in the spec. Values are never coerced: text is not a number, and true is not 1.

    `short_form` names the field that a scalar stands for: `model: id` is `model: {id: id}`.
    """

    model_config = ConfigDict(allow_inf_nan=False, defer_build=True, field_title_generator=_as_written)

    short_form: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _expand_short_form(cls, given: Any) -> Any:
        return cls.long_form(given)

    @classmethod
    def long_form(cls, given: Any) -> Any:
        """The mapping that a short form stands for; anything else as it is."""
        if cls.short_form and isinstance(given, (str, int, float)):
            return {cls.short_form: given}
        return given

    @classmethod
    def shortest(cls, values: dict[str, Any]) -> Any:
        """The short form that stands for `values`, or `values` where none does."""
        return values[cls.short_form] if cls.short_form and set(values) == {cls.short_form} else values

    @classmethod
    def short_schema(cls, long_form: JsonSchemaValue) -> JsonSchemaValue | None:
        """The JSON Schema of the short form, or None where the section has none."""
        return dict(long_form["properties"][cls.short_form]) if cls.short_form else None

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        long_form = handler.resolve_ref_schema(schema)
        short = cls.short_schema(long_form)
        if short is None:
            return schema
        about: JsonSchemaValue = {key: long_form[key] for key in ("title", "description") if key in long_form}
        forms = [short, dict(long_form)]
        long_form.clear()
        long_form.update(about, anyOf=forms)
        return schema
