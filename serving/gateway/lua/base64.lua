-- Envoy's Lua writes base64 and does not read it.

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local SIXES = {}
for index = 1, #ALPHABET do
  SIXES[ALPHABET:byte(index)] = index - 1
end

local function from_base64(text)
  local parts = {}
  for at = 1, #text, 4 do
    local a, b, c, d = text:byte(at, at + 3)
    local bits = SIXES[a] * 262144 + SIXES[b] * 4096 + (SIXES[c] or 0) * 64 + (SIXES[d] or 0)
    local count = SIXES[d] and 3 or SIXES[c] and 2 or 1
    parts[#parts + 1] =
      string.char(math.floor(bits / 65536), math.floor(bits / 256) % 256, bits % 256):sub(1, count)
  end
  return table.concat(parts)
end
