-- Amazon's event streams (application/vnd.amazon.eventstream) become server-sent events, frame by frame as the
-- bytes come in: nothing is held back but a frame that is not whole yet. A frame is the lengths of all of it and
-- of its headers, a checksum, headers, payload, a checksum; numbers are big-endian. The checksums are not
-- checked: TLS has done that, and in Lua they would cost more than all the rest.
--
-- A stream that breaks off ends with an error event and without `[DONE]`: OpenAI's clients raise an error for
-- one, and Lua cannot reset a stream whose headers have gone.
-- Needs openai_error.lua, and `text_of_event` and `text_of_end` of the service.

local PRELUDE, CHECKSUM = 12, 4
-- The most that botocore takes: 128 KiB of headers and 24 MiB of payload.
local LARGEST = 24 * 1024 * 1024 + 128 * 1024 + PRELUDE + CHECKSUM
-- Bytes of a header's value by its type; strings and bytes (7, 6) say their own.
local SIZES = {[0] = 0, [1] = 0, [2] = 1, [3] = 2, [4] = 4, [5] = 8, [8] = 8, [9] = 16}

local function number_at(text, at, bytes)
  local number = 0
  for index = at, at + bytes - 1 do
    number = number * 256 + text:byte(index)
  end
  return number
end

local function headers_of(frame, size)
  local found, at, stop = {}, PRELUDE + 1, PRELUDE + size
  while at <= stop do
    local length = frame:byte(at)
    local name, kind = frame:sub(at + 1, at + length), frame:byte(at + length + 1)
    at = at + length + 2
    local bytes = SIZES[kind]
    if bytes == nil then
      bytes = number_at(frame, at, 2)
      at = at + 2
      found[name] = frame:sub(at, at + bytes - 1)
    end
    at = at + bytes
  end
  return found
end

local function text_of_frame(stream, frame)
  local size = number_at(frame, 5, 4)
  local headers = headers_of(frame, size)
  if headers[":message-type"] == "event" then
    return text_of_event(headers[":event-type"], frame:sub(PRELUDE + size + 1, -CHECKSUM - 1))
  end
  stream.broken = headers[":exception-type"] or headers[":error-code"] or "unknown error"
  return ""
end

-- The part of the answer that these bytes complete.
local function text_of(stream, bytes)
  local parts, pending, at = {}, stream.pending .. bytes, 1
  while stream.broken == nil and #pending - at + 1 >= PRELUDE do
    local total = number_at(pending, at, 4)
    if total < PRELUDE + CHECKSUM or total > LARGEST then
      stream.broken = "not an event stream"
    elseif #pending - at + 1 < total then
      break
    else
      parts[#parts + 1] = text_of_frame(stream, pending:sub(at, at + total - 1))
      at = at + total
    end
  end
  stream.pending = stream.broken and "" or pending:sub(at)
  return table.concat(parts)
end

local function error_event(why)
  local text = "the stream of " .. ENDPOINT .. " broke off: " .. why
  -- An event of the model's may have been cut in two.
  return "\n\ndata: " .. openai_error(text, "server_error", "stream_broken") .. "\n\n"
end

local function next_text(stream, bytes)
  if stream.broken then
    return ""
  end
  local fine, text = pcall(text_of, stream, bytes)
  if not fine then
    stream.broken, text = "not an event stream", ""
  end
  return stream.broken and text .. error_event(stream.broken) or text
end

local function last_text(stream)
  if stream.broken then
    return ""
  end
  return stream.pending == "" and text_of_end() or error_event("it ended within a frame")
end

function envoy_on_response(response)
  local headers = response:headers()
  if (headers:get("content-type") or ""):find("application/vnd.amazon.eventstream", 1, true) ~= 1 then
    return
  end
  headers:replace("content-type", "text/event-stream; charset=utf-8")
  headers:remove("content-length")
  local stream, last, text = {pending = ""}, nil, ""
  for chunk in response:bodyChunks() do
    text = next_text(stream, chunk:getBytes(0, chunk:length()))
    chunk:setBytes(text)
    last = chunk
  end
  -- Envoy asks for no further chunk after the last, which can still be written here.
  if last then
    last:setBytes(text .. last_text(stream))
  end
end
