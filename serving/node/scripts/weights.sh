#!/bin/bash
# Brings the weights from the region's bucket. What is not mirrored there, the server fetches from the hub.
set -euo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"
TRIES=${TRIES:-6}

# 0: all of it is on disk; 44: the bucket does not have it.
bring() {
  local prefix=$1 folder=$DATA/weights/$2 listed size path
  listed=$(manifest "$prefix") || return
  mkdir -p "$folder"
  sync "$prefix" "$folder" || return 1
  while read -r size _ path; do
    if [ "$(stat -c %s -- "$folder/$path" 2>/dev/null)" != "$size" ]; then
      say "$prefix/$path is not what was mirrored"
      rm -f -- "$folder/$path"
      return 1
    fi
  done <<<"$listed"
}

offline=1
for model in "${MODELS[@]}"; do
  read -r prefix folder ref from_hub <<<"$model"
  tries=0
  until bring "$prefix" "$folder"; do
    status=$?
    tries=$((tries + 1))
    if [ "$from_hub" = hub ] && { [ $status = 44 ] || [ $tries -ge "$TRIES" ]; }; then
      say "$prefix is not in the bucket: the server fetches it from the hub"
      offline=0
      continue 2
    fi
    say "$prefix is not here yet, trying again in $RETRY_S s"
    sleep "$RETRY_S"
  done
  if [ "$ref" != - ]; then
    mkdir -p "$(dirname "$DATA/weights/$ref")"
    printf %s "${folder##*/}" >"$DATA/weights/$ref"
  fi
done
echo "HF_HUB_OFFLINE=$offline" >"$RUN/hub.env"
