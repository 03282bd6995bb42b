"""Tags as AWS's services for models take them."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

_Key = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\s._:/=+@-]{1,128}$")]
_Value = Annotated[str, Field(pattern=r"^[a-zA-Z0-9\s._:/=+@-]{0,256}$")]
Tags: TypeAlias = dict[_Key, _Value]
"""botocore, TagKey and TagValue of bedrock; those of sagemaker take other alphabets too."""
