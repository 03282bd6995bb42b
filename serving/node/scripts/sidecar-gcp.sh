# How the sidecar reads from Google's cloud, by its machine's service account; tokens go through pipes and files.
metadata() {
  curl -sf -m 5 -H 'Metadata-Flavor: Google' \
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/$1"
}

token() { metadata token | json_field access_token; }

api() { echo "Authorization: Bearer $(token)" | curl -sSf -m 30 -H @- "$@"; }

read_secret() {
  api "https://secretmanager.googleapis.com/v1/$1/versions/latest:access" | json_field data | base64 -d
}

object() { api -o "$new/$1" "https://storage.googleapis.com/storage/v1/b/$BUCKET/o/gateway%2F$1?alt=media"; }

copy() {
  object "$FILE_LIST" || return 1
  for file in $(listed); do object "$file" || return 1; done
}

json_number() { tr -d '\n' | sed -n 's/.*"'"$1"'" *: *\([0-9][0-9]*\).*/\1/p'; }

# SECONDS TOKEN: how long it is good for, and the token itself.
access_token() {
  answer=$(metadata token) || return 1
  echo "$(printf %s "$answer" | json_number expires_in) $(printf %s "$answer" | json_field access_token)"
}

identity_token() {
  [ -n "$1" ] && signed=$(metadata "identity?audience=$1&format=full") || return 1
  claims=$(printf %s "$signed" | cut -d. -f2 | tr '_-' '/+')
  while [ $((${#claims} % 4)) -ne 0 ]; do claims=$claims=; done
  ends=$(printf %s "$claims" | base64 -d | json_number exp)
  [ -n "$ends" ] && echo "$((ends - $(date +%s))) $signed"
}

# A token is kept with the time from which on another is fetched: a new one each time would have Envoy read its
# files at every look.
renew() {
  case $1 in
    access-token) fetched=$(access_token) || return 1 ;;
    *) fetched=$(identity_token "$2") || return 1 ;;
  esac
  lasts=${fetched%% *} value=${fetched#* }
  case $lasts in '' | *[!0-9]*) return 1 ;; esac
  case $value in '' | *[!A-Za-z0-9._~+/=-]*) return 1 ;; esac
  wait=$((lasts - TOKEN_LEFT_S))
  [ "$wait" -gt 0 ] || wait=0
  [ "$wait" -lt "$TOKEN_EVERY_S" ] || wait=$TOKEN_EVERY_S
  printf '%s %s\n%s\n' "$(($(date +%s) + wait))" "$2" "$value" >"$FOLDER/.$1.new" &&
    mv -f "$FOLDER/.$1.new" "$FOLDER/.$1"
}

named_tokens() {
  grep -oh '{access-token}\|{identity-token\.[a-z]*}' "$new"/*.template 2>/dev/null | tr -d '{}' | sort -u
}

tokens() {
  for name in $(named_tokens); do
    audience=$(sed -n "s/^audience ${name#identity-token.} //p" "$new/$FILE_LIST")
    kept=$(sed -n 1p "$FOLDER/.$name" 2>/dev/null)
    kept=${kept:-0 none}
    if [ "${kept#* }" != "$audience" ] || [ "$(date +%s)" -ge "${kept%% *}" ]; then
      renew "$name" "$audience" ||
        echo "llmdeploy: the $name could not be renewed; the gateway keeps the one that it has" >&2
    fi
    value=$(sed -n 2p "$FOLDER/.$name" 2>/dev/null)
    [ -n "$value" ] || return 1
    printf 's|{%s}|%s|g\n' "$name" "$value"
  done
}
