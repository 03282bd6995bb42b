-- What an online endpoint of Azure ML answers instead of the model. An answer of the container that is no success
-- comes as 424, with the container's own status in a header; all else is said by the service itself
-- (machine-learning/how-to-troubleshoot-online-endpoints, "HTTP status codes").

local MODELS_STATUS = "ms-azureml-model-error-statuscode"

local function answer_to(status, models_status, is_json, text)
  -- What the service says names the endpoint, which is no client's business.
  local why = why_of(status, text)
  if status == 424 and models_status ~= nil then
    if models_status == 401 or models_status == 403 then
      -- The client's key is the gateway's to check, so also one that the model's server refuses is not to blame.
      return not_the_clients(503, why)
    elseif is_json then
      return {status = models_status, text = text}
    elseif models_status < 500 and models_status >= 400 then
      return the_clients(models_status, "the model's server has refused the request")
    end
    return not_the_clients(models_status == 504 and 504 or 503, why)
  elseif status == 408 then
    return not_the_clients(504, why)
  elseif status == 429 then
    return throttled(why)
  elseif status == 413 then
    return too_large()
  end
  -- 401, 403 and 404: a key, a deployment or a path that is the gateway's to know.
  return not_the_clients(status == 504 and 504 or 503, why)
end

function envoy_on_response(response)
  local headers = response:headers()
  local status = tonumber(headers:get(":status"))
  if status < 400 then
    return
  end
  local is_json = (headers:get("content-type") or ""):find("json", 1, true) ~= nil
  -- Read before the body is waited for, which ends the life of `headers`. One that is missing is no value at all,
  -- which `tonumber` does not take.
  local models_status = tonumber(headers:get(MODELS_STATUS) or "")
  local body = response:body(true)
  local text = body:getBytes(0, body:length())
  replace_answer(response, body, answer_to(status, models_status, is_json, text))
end
