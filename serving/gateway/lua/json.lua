-- Strings and numbers of flat JSON objects by their key: Envoy's Lua has no JSON.

local QUOTE, LONGEST_ESCAPE = 34, 6
local ESCAPES = {b = "\b", f = "\f", n = "\n", r = "\r", t = "\t"}

local function utf8_of(code)
  if code < 0x80 then
    return string.char(code)
  elseif code < 0x800 then
    return string.char(0xC0 + math.floor(code / 64), 0x80 + code % 64)
  elseif code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 4096), 0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
  end
  return string.char(
    0xF0 + math.floor(code / 262144), 0x80 + math.floor(code / 4096) % 64,
    0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
end

local function unescaped(text)
  local parts, at = {}, 1
  local slash = text:find("\\", at, true)
  while slash do
    parts[#parts + 1] = text:sub(at, slash - 1)
    local letter = text:sub(slash + 1, slash + 1)
    if letter == "u" then
      local code = tonumber(text:sub(slash + 2, slash + 5), 16) or 0xFFFD
      at = slash + LONGEST_ESCAPE
      -- Beyond the first 65,536 characters JSON writes one as two halves.
      local low = code >= 0xD800 and code < 0xDC00 and text:match("^\\u([dD][c-fC-F]%x%x)", at)
      if low then
        code = 0x10000 + (code - 0xD800) * 0x400 + tonumber(low, 16) - 0xDC00
        at = at + LONGEST_ESCAPE
      end
      parts[#parts + 1] = utf8_of(code)
    else
      parts[#parts + 1] = ESCAPES[letter] or letter
      at = slash + 2
    end
    slash = text:find("\\", at, true)
  end
  return table.concat(parts) .. text:sub(at)
end

-- The string under `key`, a pattern; nil where there is none. A key within a string has its quotes escaped, so
-- it is not taken for one.
local function json_string(text, key)
  local _, last = text:find('"' .. key .. '"%s*:%s*"')
  local at = last and last + 1
  while at do
    local stop = text:find('["\\]', at)
    if stop == nil then
      return nil
    elseif text:byte(stop) == QUOTE then
      return unescaped(text:sub(last + 1, stop - 1))
    end
    at = stop + 2
  end
  return nil
end

local function json_number(text, key)
  return tonumber(text:match('"' .. key .. '"%s*:%s*(%d+)'))
end

local function json_quoted(text)
  local escaped = text:gsub('[%c"\\]', function(letter)
    return string.format("\\u%04x", letter:byte())
  end)
  return '"' .. escaped .. '"'
end
