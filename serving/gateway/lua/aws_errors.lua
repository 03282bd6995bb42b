-- What SageMaker and Bedrock answer instead of the model, told apart by whose trouble it is. The kinds are those
-- of botocore's models of sagemaker-runtime and bedrock-runtime. Their messages are shown only where the
-- client is meant: others name accounts and roles, and one about a signature quotes the session's token.

local THROTTLED = {
  ThrottlingException = true,
  Throttling = true,
  TooManyRequestsException = true,
  ServiceQuotaExceededException = true,
  ModelNotReadyException = true,
}
-- Answered with 400 for a body that the service cannot take, and for much that no client can mend.
local ABOUT_A_REQUEST = {ValidationError = true, ValidationException = true, SerializationException = true}
local ABOUT_THE_ENDPOINT = {
  "not found", "could not find", "does not exist", "identifier", "in service", "inservice",
  "not authorized", "access", "throughput", "region",
}

local function is_about_the_endpoint(message)
  local lower = message:lower()
  for _, words in ipairs(ABOUT_THE_ENDPOINT) do
    if lower:find(words, 1, true) then
      return true
    end
  end
  return false
end

-- The container's own answer, inside 424.
local function of_the_model(text)
  local status = json_number(text, "[Oo]riginalStatusCode") or 0
  local message = json_string(text, "[Oo]riginalMessage") or json_string(text, "[Mm]essage") or ""
  if status == 429 then
    return throttled("the model is full")
  elseif status == 401 or status == 403 or status < 400 or status > 500 then
    return not_the_clients(503, "the model answered " .. status)
  elseif message:find("^%s*{") and message:find('"error"', 1, true) then
    return {status = status, text = message}
  elseif status == 500 then
    return {status = 500, text = openai_error(message, "server_error", "model_error")}
  end
  return the_clients(status, message)
end

local function answer_to(status, kind, text)
  local message = json_string(text, "[Mm]essage") or ""
  local why = kind == "" and why_of(status, text) or kind
  if status == 424 then
    return of_the_model(text)
  elseif status == 429 or THROTTLED[kind] then
    return throttled(why)
  elseif status == 413 then
    return too_large()
  elseif status == 400 and ABOUT_A_REQUEST[kind] and not is_about_the_endpoint(message) then
    return the_clients(400, message)
  elseif status == 408 or status == 504 then
    return not_the_clients(504, why)
  end
  return not_the_clients(503, why)
end

function envoy_on_response(response)
  local status = tonumber(response:headers():get(":status"))
  if status < 400 then
    return
  end
  local kind = (response:headers():get("x-amzn-errortype") or ""):match("^[^:]*")
  local body = response:body(true)
  replace_answer(response, body, answer_to(status, kind, body:getBytes(0, body:length())))
end
