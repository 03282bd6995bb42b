# Keeps the folder that Envoy watches as the bucket has it. A new version is whole before any of it is renamed
# into place, in the order in which files refer to each other. The list is the last that is written of a
# version, and holds each file's sum: a version of which some files are still old does not fit it.
set -u
umask 077
new=$FOLDER/.new

json_field() { tr -d '\n' | sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p'; }

listed() { sed -n 's/^[0-9a-f]\{64\}  //p' "$new/$FILE_LIST"; }

whole() { sed '/^secret /d; /^audience /d' "$new/$FILE_LIST" | (cd "$new" && sha256sum -c >/dev/null 2>&1); }

keys() {
  secret=$(sed -n 's/^secret //p' "$new/$FILE_LIST")
  [ -n "$secret" ] || return 0
  keys=$(read_secret "$secret") || return 1
  for slot in default peer; do
    value=$(printf %s "$keys" | json_field "$slot")
    [ -z "$value" ] || printf 's|{%s-key}|%s|g\n' "$slot" "$value"
  done
}

slots() { keys && tokens; }

# A slot that stays open would be a key that everybody knows.
fill() {
  sed -f "$new/.slots" "$new/$1" >"$new/${1%.template}" &&
    ! grep -q -e '{[a-z]*-key}' -e '{access-token}' -e '{identity-token\.' "$new/${1%.template}"
}

place() {
  [ "$(cat "$new/$1")" != "$(cat "$FOLDER/$1" 2>/dev/null)" ] || return 0
  chown "$OWNER" "$new/$1" && mv -f "$new/$1" "$FOLDER/$1" && echo "llmdeploy: new $1"
}

round() {
  rm -rf "$new" && mkdir "$new" && copy && whole && slots >"$new/.slots" || return 1
  for file in $(listed); do
    case $file in *.template) fill "$file" || return 1 ;; esac
  done
  for file in $(listed); do place "${file%.template}" || return 1; done
  rm -rf "$new"
  : >"$FOLDER/.ready"
}

mkdir -p "$FOLDER"
chown "$OWNER" "$FOLDER"
while :; do
  round || echo "llmdeploy: the configuration could not be copied; Envoy keeps what it has" >&2
  sleep "$POLL_S"
done
