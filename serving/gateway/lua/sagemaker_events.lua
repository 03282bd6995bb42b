-- SageMaker passes the bytes of the container's own stream on, in pieces of any size.

local function text_of_event(name, payload)
  return name == "PayloadPart" and payload or ""
end

local function text_of_end()
  return ""
end
