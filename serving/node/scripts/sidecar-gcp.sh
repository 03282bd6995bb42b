# How the sidecar reads from Google's cloud, by its machine's service account; the token goes through a pipe.
token() {
  curl -sf -m 5 -H 'Metadata-Flavor: Google' \
    http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token |
    json_field access_token
}

api() { echo "Authorization: Bearer $(token)" | curl -sSf -m 30 -H @- "$@"; }

read_secret() {
  api "https://secretmanager.googleapis.com/v1/$1/versions/latest:access" | json_field data | base64 -d
}

object() { api -o "$new/$1" "https://storage.googleapis.com/storage/v1/b/$BUCKET/o/gateway%2F$1?alt=media"; }

copy() {
  object "$FILE_LIST" || return 1
  for file in $(listed); do object "$file" || return 1; done
}
