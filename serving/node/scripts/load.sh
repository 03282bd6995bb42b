#!/bin/bash
# Publishes what the fleet scales on: requests run and waiting, over those that a replica runs at once.
set -uo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"
EVERY_S=${EVERY_S:-15}

while :; do
  if requests=$(in_flight); then
    publish "$(awk -v r="$requests" -v c="$CONCURRENCY" 'BEGIN { printf "%.4f", r / c }')" ||
      say "could not publish the load"
  fi
  sleep "$EVERY_S"
done
