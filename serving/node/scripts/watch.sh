#!/bin/bash
# Drains the replica when the cloud announces that it takes the instance away.
set -uo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"

until interrupted; do sleep "$WATCH_S"; done
say "the cloud takes this instance away: draining"
touch "$RUN/interrupted"
systemctl stop llmdeploy-replica
