# What a node asks of Google's cloud. The token of the service account goes through pipes, not argv.
WATCH_S=${WATCH_S:-1}
INTERRUPTION_S=25 # of the thirty seconds between notice and end
PROBERS='35.191.0.0/16 130.211.0.0/22' # where Google's health checks come from

metadata() {
  curl -sf -m 5 -H 'Metadata-Flavor: Google' "http://metadata.google.internal/computeMetadata/v1/$1"
}

token() { metadata instance/service-accounts/default/token | json_field access_token; }

api() { curl -sS -m 60 -H @- "$@" <<<"Authorization: Bearer $(token)"; }

secret() { api -f "https://secretmanager.googleapis.com/v1/$1/versions/latest:access" | json_field data | base64 -d; }

# The manifest of a mirrored model; 44 where there is none.
manifest() {
  local key=$1/.complete status
  status=$(api -o "$RUN/manifest" -w '%{http_code}' \
    "https://storage.googleapis.com/storage/v1/b/$BUCKET/o/${key//\//%2F}?alt=media") || return
  case $status in
    200) cat "$RUN/manifest" ;;
    404) return 44 ;;
    *) say "the bucket answers $status"; return 1 ;;
  esac
}

sync() { gcloud storage rsync --recursive --quiet --exclude '^\.complete$' "gs://$BUCKET/$1" "$2"; }

registry_login() { token | docker login --username oauth2accesstoken --password-stdin "https://${IMAGE%%/*}"; }

publish() {
  local zone body
  zone=$(metadata instance/zone)
  body='{"timeSeries":[{"metric":{"type":"custom.googleapis.com/%s","labels":{"stack":"%s"}},'
  body+='"resource":{"type":"gce_instance","labels":{"project_id":"%s","instance_id":"%s","zone":"%s"}},'
  body+='"points":[{"interval":{"endTime":"%s"},"value":{"doubleValue":%s}}]}]}'
  # shellcheck disable=SC2059
  printf -v body "$body" "$METRIC" "$STACK" "$PROJECT" "$(metadata instance/id)" "${zone##*/}" \
    "$(date -u +%FT%TZ)" "$1"
  api -f -o /dev/null -H 'Content-Type: application/json' -d "$body" \
    "https://monitoring.googleapis.com/v3/projects/$PROJECT/timeSeries"
}

interrupted() { [ "$(metadata instance/preempted)" = TRUE ]; }

# Health checks fail, so that no new request comes; those under way go on.
leave() {
  local range
  for range in $PROBERS; do iptables -w -I DOCKER-USER -s "$range" -j REJECT; done
}

# Lets health checks through again, after a restart of the service alone.
join() {
  local range
  for range in $PROBERS; do
    while iptables -w -D DOCKER-USER -s "$range" -j REJECT 2>/dev/null; do :; done
  done
}

# The container has no business with the machine's credentials; names are asked at the same address.
guard() {
  local rule='-d 169.254.169.254 -p tcp --dport 80 -j REJECT'
  # shellcheck disable=SC2086
  iptables -w -C DOCKER-USER $rule 2>/dev/null || iptables -w -I DOCKER-USER $rule
}

local_disks() { find "$ROOT/dev/disk/by-id" -name 'google-local-nvme-ssd-*' ! -name '*-part*' | sort; }

log_options() { printf '%s\n' --log-driver gcplogs --log-opt mode=non-blocking; }
