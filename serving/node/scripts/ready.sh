#!/bin/bash
# Returns when the replica takes requests; systemd's time-out for starting is the limit.
set -euo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"

until curl -sf -o /dev/null -m "$PROBE_TIMEOUT_S" "http://127.0.0.1:$PORT$READY_PATH"; do sleep 2; done
join || say "could not come back into service"
say "the replica takes requests"
