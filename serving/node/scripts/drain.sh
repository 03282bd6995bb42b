#!/bin/bash
# Takes the replica out of service, lets requests under way end, then stops it.
set -uo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"
SETTLE_S=${SETTLE_S:-5} # until the load balancer has taken notice
STOP_S=${STOP_S:-5}     # kept for the server's own end

limit=$DRAIN_S
[ ! -e "$RUN/interrupted" ] || [ "$limit" -lt "$INTERRUPTION_S" ] || limit=$INTERRUPTION_S
end=$((SECONDS + SETTLE_S + limit))
{ leave || say "could not leave the load balancer; the gateway tries elsewhere"; } & # may hang with the cloud
sleep "$SETTLE_S"
while [ $SECONDS -lt $((end - STOP_S)) ] && waiting=$(in_flight) && [ "$waiting" != 0 ]; do sleep 1; done
left=$((end - SECONDS))
docker stop --time "$((left > STOP_S ? left : STOP_S))" llmdeploy-replica
