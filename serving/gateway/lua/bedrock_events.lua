-- Bedrock wraps each JSON chunk in base64 in JSON, and does not say `[DONE]`. Needs json.lua and base64.lua.

local DONE = "data: [DONE]\n\n"

local function text_of_event(name, payload)
  if name ~= "chunk" then
    return ""
  end
  local chunk = from_base64(json_string(payload, "bytes")):gsub("%s*[\r\n]%s*", " ")
  -- Should it say so one day, once is enough.
  return chunk == "[DONE]" and "" or "data: " .. chunk .. "\n\n"
end

local function text_of_end()
  return DONE
end
