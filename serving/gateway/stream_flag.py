"""Whether a request asks for a stream stands in its body; routes match on it.

A search in Lua, not Envoy's JSON filter: added to a request of 100 B, 16 kB, 200 kB and 2 MB, the search
takes 0.00, 0.02, 0.03 and 0.3 ms, the JSON filter 0.01, 0.08, 0.87 and 9 ms, in which its worker serves
nobody else (medians of 8 rounds on two cores, 2026-11-24).
"""

from __future__ import annotations

from llmdeploy.serving.gateway.routes import REQUEST_METADATA
from llmdeploy.serving.gateway.typed import Config, extension

# A quote within a JSON string is escaped, so `"stream"` without a backslash before it and with a colon behind
# it is a key. A key deeper down is taken for the request's own; such a request is hedged as early as a
# stream, no more.
SEARCH = f"""\
local NAMESPACE = "{REQUEST_METADATA}"
local KEY = '"stream"'
local BACKSLASH = 92

local function asks_for_stream(text)
  local first, last = string.find(text, KEY, 1, true)
  while first do
    if text:byte(first - 1) ~= BACKSLASH and text:find("^%s*:%s*true", last + 1) then
      return true
    end
    first, last = string.find(text, KEY, last + 1, true)
  end
  return false
end

function envoy_on_request(request)
  local body = request:body()
  if body == nil then
    return
  end
  local stream = asks_for_stream(body:getBytes(0, body:length()))
  request:streamInfo():dynamicMetadata():set(NAMESPACE, "stream", stream)
  if stream then
    request:clearRouteCache()
  end
end
"""


def stream_flag() -> Config:
    """The filter that reads it."""
    return extension(
        "envoy.filters.http.lua",
        "extensions.filters.http.lua.v3.Lua",
        default_source_code={"inline_string": SEARCH},
    )
