-- An endpoint whose copies have all gone answers 400, and that it was asked wakes it: nothing that a client
-- could mend. Its words were seen in 2024 (AWS's machine learning blog) and in 2026-07 (huggingface/skills#215):
-- "Inference Component has no capacity to process this request. ApplicationAutoScaling may be in-progress …".
-- Stands after aws_errors.lua, to which all else goes.

local answer_of_the_awake = envoy_on_response

local function asleep()
  local text = ENDPOINT .. " was asleep and is being started, which takes minutes: try again later"
  return {status = 503, text = openai_error(text, "server_error", "endpoint_asleep")}
end

function envoy_on_response(response)
  if response:headers():get(":status") == "400" then
    local body = response:body(true)
    local text = body:getBytes(0, body:length())
    if text:lower():find("no capacity to process", 1, true) then
      response:headers():replace("retry-after", AWAKE_AFTER)
      return replace_answer(response, body, asleep())
    end
  end
  answer_of_the_awake(response)
end
