# Metadata servers and APIs of both clouds; 127.0.0.1 is asked for real.
cat >>"$MACHINE/piped"
last=${*: -1}
case "$*" in
  *127.0.0.1*) exec /usr/bin/curl "$@" ;;
  *api/token*) echo imds ;;
  *service-accounts/default/token*)
    [ ! -e "$MACHINE/no-token" ] || exit 22
    read -r lasts value < <(cat "$MACHINE/token" 2>/dev/null || echo "3599 $CLOUD_TOKEN")
    printf '{"access_token": "%s", "expires_in": %s}' "$value" "$lasts"
    ;;
  *service-accounts/default/identity*)
    audience=${last#*audience=}
    ends=$(($(date +%s) + 3600))
    claims=$(printf '{"aud": "%s", "exp": %s}' "${audience%%&*}" "$ends" | base64 -w0 | tr '/+' '_-' | tr -d =)
    printf 'head.%s.signed' "$claims"
    ;;
  *instance-id* | */instance/id*) echo i-0123 ;;
  *instance/zone*) echo projects/1/zones/europe-west4-a ;;
  *spot/instance-action*) [ -e "$MACHINE/interrupt" ] || exit 22 ;;
  *instance/preempted*) if [ -e "$MACHINE/interrupt" ]; then echo TRUE; else echo FALSE; fi ;;
  *secretmanager*)
    id=${last##*/secrets/}
    printf '{\n "payload": {\n  "data": "%s"\n }\n}' "$(base64 -w0 "$MACHINE/secrets/${id%%/*}")"
    ;;
  *storage.googleapis.com*)
    key=${last##*/o/}
    key=${key%%\?*}
    code=404
    while [ "$1" != -o ]; do shift; done
    [ ! -e "$MACHINE/bucket/${key//%2F//}" ] || { cp "$MACHINE/bucket/${key//%2F//}" "$2"; code=200; }
    [ ! -e "$MACHINE/refuse" ] || code=403
    if [ "$3" = -w ]; then echo $code; else [ $code = 200 ] || exit 22; fi
    ;;
esac
