-- What Vertex AI and Cloud Run answer instead of the model. Google's own errors say a `status` in capitals
-- (google.rpc.Code) or are pages of its front end; the model's server says `{"error": {"type": …}}`.

local OURS = {UNAUTHENTICATED = true, PERMISSION_DENIED = true, NOT_FOUND = true, FAILED_PRECONDITION = true}

local function answer_to(status, is_json, text)
  local code = text:match('"status"%s*:%s*"([A-Z_]+)"')
  local why = code or why_of(status, text)
  local is_the_models = is_json and code == nil
  -- The client's key is the gateway's to check, so also one that the model's server refuses is not to blame.
  if status == 401 or status == 403 then
    return not_the_clients(503, why)
  elseif is_the_models then
    return nil
  elseif status == 429 then
    return throttled(why)
  elseif status >= 500 then
    return not_the_clients(status == 504 and 504 or 503, why)
  elseif status == 413 then
    return too_large()
  elseif code ~= nil and not OURS[code] then
    return the_clients(status, json_string(text, "message") or why)
  end
  return not_the_clients(503, why)
end

function envoy_on_response(response)
  local headers = response:headers()
  local status = tonumber(headers:get(":status"))
  if status < 400 then
    return
  end
  -- Read before the body is waited for, which ends the life of `headers`.
  local is_json = (headers:get("content-type") or ""):find("json", 1, true) ~= nil
  local retry_after = headers:get("retry-after")
  local body = response:body(true)
  local answer = answer_to(status, is_json, body:getBytes(0, body:length()))
  if answer then
    replace_answer(response, body, answer)
  elseif status == 429 and retry_after == nil then
    response:headers():replace("retry-after", RETRY_AFTER)
  end
end
