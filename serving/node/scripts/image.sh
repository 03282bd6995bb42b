#!/bin/bash
# Pulls the image by its digest from the region's registry cache.
set -euo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"
export DOCKER_CONFIG=$RUN/docker

until docker image inspect "$IMAGE" >/dev/null 2>&1 || { registry_login >/dev/null && docker pull --quiet "$IMAGE"; }; do
  say "the image cannot be pulled yet, trying again in $RETRY_S s"
  sleep "$RETRY_S"
done
