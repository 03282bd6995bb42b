-- An error as OpenAI's clients read it. Needs json.lua.

local function openai_error(message, kind, code)
  return '{"error":{"message":' .. json_quoted(message) .. ',"type":' .. json_quoted(kind)
    .. ',"param":null,"code":' .. json_quoted(code) .. "}}"
end

-- Why, where the service has not said: the relay answers itself when it gets no answer.
local function why_of(status, text)
  if text:find("^upstream connect error") or text:find("^no healthy upstream") then
    return "it cannot be reached"
  end
  return "HTTP status " .. status
end

-- An answer that the gateway tries elsewhere: what is wrong is nothing that the client has sent.
local function not_the_clients(status, why)
  local text = ENDPOINT .. " does not answer this gateway: " .. why
  return {status = status, text = openai_error(text, "server_error", "endpoint_unavailable")}
end

local function throttled(why)
  local text = ENDPOINT .. " takes no more requests now: " .. why
  return {status = 429, text = openai_error(text, "server_error", "rate_limit_exceeded")}
end

local function the_clients(status, message)
  return {status = status, text = openai_error(message, "invalid_request_error", "invalid_request")}
end

local function too_large()
  return the_clients(413, ENDPOINT .. " does not take requests as large as this one")
end

-- Put it in the place of what the service has answered.
local function replace_answer(response, body, answer)
  local headers = response:headers()
  headers:replace(":status", tostring(answer.status))
  headers:replace("content-type", "application/json")
  if (answer.status == 429 or answer.status == 503) and headers:get("retry-after") == nil then
    headers:replace("retry-after", RETRY_AFTER)
  end
  body:setBytes(answer.text)
end
