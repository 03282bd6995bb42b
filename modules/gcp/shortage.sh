# Publishes how many spot instances of each fleet of the region are missing, so that others at the full price stand
# in. Runs on every gateway; all publish the same figures. FLEETS holds ID:SPOT:STAND_IN for each fleet that there
# may be.
set -uo pipefail
RUN=${RUN:-/run/llmdeploy-shortage}
EVERY_S=${EVERY_S:-30}
COMPUTE="https://compute.googleapis.com/compute/v1/projects/$PROJECT/regions/$LOCATION/instanceGroupManagers"
mkdir -p -m 700 "$RUN"

say() { echo "llmdeploy: $*" >&2; }

token() {
  curl -sf -m 5 -H 'Metadata-Flavor: Google' \
    http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token |
    tr -d '\n' | sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p'
}

# The token goes through a pipe, not argv.
api() { curl -sSf -m 20 -H @- "$@" <<<"Authorization: Bearer $(token)"; }

# The groups whose instances are called so. One, but for the minutes in which another replaces it.
groups() {
  api -G "$COMPUTE" --data-urlencode "filter=baseInstanceName=\"$1\"" \
    --data-urlencode 'fields=items(name,targetSize,currentActions(none,verifying))'
}

# The sum of a number over all groups.
total() { sed -n 's/.*"'"$1"'" *: *\([0-9][0-9]*\).*/\1/p' "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

healthy() {
  local group
  for group in $(sed -n 's/.*"name" *: *"\([^"]*\)".*/\1/p' "$1"); do
    api -X POST -d '' "$COMPUTE/$group/listManagedInstances?fields=managedInstances(instanceHealth(detailedHealthState))" ||
      return
  done | awk '/"HEALTHY"/ { found++ } END { print found + 0 }'
}

at_least_0() { if [ "$1" -gt 0 ]; then echo "$1"; else echo 0; fi; }
lesser() { if [ "$1" -lt "$2" ]; then echo "$1"; else echo "$2"; fi; }
greater() { if [ "$1" -gt "$2" ]; then echo "$1"; else echo "$2"; fi; }

# A stand-in is asked for when an instance does not exist, and let go only when its replacement serves: it
# exists for minutes before it has loaded the model.
shortage() {
  local wanted exists serves standing
  wanted=$(total targetSize "$RUN/spot")
  exists=$(($(total none "$RUN/spot") + $(total verifying "$RUN/spot")))
  serves=$(healthy "$RUN/spot") || return
  standing=$(total targetSize "$RUN/stand-in")
  greater "$(at_least_0 $((wanted - exists)))" "$(lesser "$standing" "$(at_least_0 $((wanted - serves)))")"
}

publish() {
  api -o /dev/null -H 'Content-Type: application/json' -d '{"timeSeries":[{
    "metric":{"type":"'"$METRIC"'"},
    "resource":{"type":"generic_node","labels":{"project_id":"'"$PROJECT"'","location":"'"$LOCATION"'",
      "namespace":"'"$STACK"'","node_id":"'"$1"'"}},
    "points":[{"interval":{"endTime":"'"$(date -u +%FT%TZ)"'"},"value":{"int64Value":"'"$2"'"}}]}]}' \
    "https://monitoring.googleapis.com/v3/projects/$PROJECT/timeSeries"
}

# A fleet of which there is no group has no figure.
count() {
  local id=$1 spot=$2 stand_in=$3 missing
  if groups "$spot" >"$RUN/spot" && groups "$stand_in" >"$RUN/stand-in"; then
    grep -q '"name"' "$RUN/spot" "$RUN/stand-in" || return 0
    if missing=$(shortage); then
      publish "$id" "$missing" || say "could not publish the shortage of $id"
      return
    fi
  fi
  say "could not find out how many spot instances of $id are missing"
}

while :; do
  for fleet in $FLEETS; do
    IFS=: read -r id spot stand_in <<<"$fleet"
    count "$id" "$spot" "$stand_in"
  done
  sleep "$EVERY_S"
done
