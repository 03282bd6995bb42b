# What all programs of a node share. Sourced; ROOT is empty but in tests.
ROOT=${LLMDEPLOY_ROOT:-}
ETC=$ROOT/etc/llmdeploy
RUN=$ROOT/run/llmdeploy
DATA=$ROOT/var/lib/llmdeploy
RETRY_S=${RETRY_S:-10}
install -d -m 700 "$RUN"
. "$ETC/node.env"

say() { echo "llmdeploy: $*" >&2; }

# Requests that the engine runs or holds back; fails while it does not answer.
in_flight() {
  curl -sf -m 5 "http://127.0.0.1:$METRICS_PORT$METRICS_PATH" | awk -f "$ETC/load.awk"
}

# One field of a flat JSON object on standard input.
json_field() { tr -d '\n' | sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p'; }

. "$ROOT/opt/llmdeploy/cloud.sh"
