#!/bin/bash
# Writes what the container needs of the secret store to memory, readable for root alone.
set -euo pipefail
umask 077
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"

# `id field`, where the field of a JSON secret may be `-` for the whole.
value_of() {
  if [ "$2" = - ]; then secret "$1"; else secret "$1" | json_field "$2"; fi
}

: >"$RUN/secrets.env.new"
for item in "${SECRETS[@]}"; do
  read -r variable id field <<<"$item"
  # With all weights on disk the hub is not asked.
  if [ "$variable" = HF_TOKEN ] && grep -q HF_HUB_OFFLINE=1 "$RUN/hub.env"; then continue; fi
  value=$(value_of "$id" "$field")
  [ -n "$value" ] || { say "the secret $id is empty"; exit 1; }
  printf '%s=%s\n' "$variable" "$value" >>"$RUN/secrets.env.new"
done
mv "$RUN/secrets.env.new" "$RUN/secrets.env"

mkdir -p "$RUN/files"
for item in "${FILES[@]}"; do
  read -r number _ id field <<<"$item"
  content=$(cat "$ETC/files/$number")
  if [ "$id" != - ]; then
    value=$(value_of "$id" "$field")
    content=${content//'{api-key}'/$value}
  fi
  printf '%s\n' "$content" >"$RUN/files/$number"
done
