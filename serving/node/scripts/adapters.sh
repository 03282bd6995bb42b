#!/bin/bash
# Keeps the adapters of the replica as the region's bucket lists them, through the server's own calls.
# `adapters.sh once`, before the replica starts: what is listed is on disk and on the command line.
set -uo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"
EVERY_S=${EVERY_S:-15}
LOAD_S=${LOAD_S:-600}   # the server may fetch one from the hub first
BRING_S=${BRING_S:-600} # then the list is read again: one that never comes must not hide that it was taken out
SERVER=http://127.0.0.1:$PORT
list=$RUN/adapters

# Lines `name source prefix folder ref from_hub`.
fetch() {
  manifest "$ADAPTERS" >"$list.new" || return 1
  cmp -s "$list.new" "$list" && [ -e "$RUN/adapters.env" ] && return
  write_environment && STAGED=.new timeout "$BRING_S" bash "$ROOT/opt/llmdeploy/weights.sh" &&
    mv "$RUN/adapters.env.new" "$RUN/adapters.env" && mv "$list.new" "$list"
}

# What node.env is to say as well: further models, and the command with the adapters in their place.
write_environment() {
  local name source model word words=() models=() command=()
  while read -r name source model; do
    words+=("$name=$source")
    models+=("$model")
  done <"$list.new"
  [ ${#words[@]} = 0 ] || words=("$ADAPTERS_FLAG" "${words[@]}")
  for word in "${COMMAND_OPEN[@]}"; do
    if [ "$word" = '{adapters}' ]; then command+=("${words[@]}"); else command+=("$word"); fi
  done
  {
    echo "COMMAND=(${command[*]@Q})"
    echo "MODELS+=(${models[*]@Q})"
  } >"$RUN/adapters.env.new"
}

# Lines `name source`.
loaded() {
  local models
  models=$(curl -sf -m 5 "$SERVER/v1/models") || return 1
  tr '{' '\n' <<<"$models" |
    sed -n 's/.*"id": *"\([^"]*\)".*"root": *"\([^"]*\)", *"parent": *"[^"]*".*/\1 \2/p'
}

call() {
  local said
  if said=$(curl -sS -m "$LOAD_S" -w ' %{http_code}' -H 'Content-Type: application/json' \
    -d "{\"lora_name\": \"$2\"${3:-}}" "$SERVER$ADAPTERS_CALLS/$1_lora_adapter" </dev/null) &&
    [ "${said##* }" = 200 ]; then
    say "$1ed the adapter $2"
  else
    say "could not $1 the adapter $2: $said"
    return 1
  fi
}

# vLLM replaces an adapter of the same name in place; SGLang must unload it first.
load() {
  local more=", \"lora_path\": \"$2\""
  if grep -q "^$1 " <<<"$3"; then
    if [ "$ADAPTERS_CALLS" = /v1 ]; then more+=', "load_inplace": true'; else call unload "$1" || return; fi
  fi
  call load "$1" "$more"
}

# New ones first: nothing is taken away before what comes is there.
swap() {
  local name source have
  have=$(loaded) || return 0
  while read -r name source _; do
    grep -qFx "$name $source" <<<"$have" || load "$name" "$source" "$have"
  done <"$list"
  while read -r name _; do
    [ -z "$name" ] || grep -q "^$name " "$list" || call unload "$name"
  done <<<"$have"
}

if [ "${1:-}" = once ]; then
  # A replica that is started anew must not wait for the bucket.
  until [ -e "$RUN/adapters.env" ] || fetch; do
    say "the list of adapters is not here yet, trying again in $RETRY_S s"
    sleep "$RETRY_S"
  done
  exit
fi
while :; do
  sleep "$EVERY_S"
  [ -e "$RUN/adapters.env" ] || continue
  fetch || say "the list of adapters could not be brought; the replica keeps what it has"
  swap
done
