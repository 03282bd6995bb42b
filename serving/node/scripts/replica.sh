#!/bin/bash
# Becomes the container of the replica.
set -euo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"

options=(--rm --name llmdeploy-replica --gpus "$GPUS" --shm-size "${SHM_GIB}g")
for ports in "${PUBLISHED[@]}"; do options+=(--publish "$ports"); done
options+=(--volume "$DATA/weights:$WEIGHTS" --volume "$DATA/cache:$CACHE" --env "HF_HOME=$WEIGHTS")
for file in "$ETC/container.env" "$RUN/hub.env" "$RUN/secrets.env"; do options+=(--env-file "$file"); done
for limit in "${ULIMITS[@]}"; do options+=(--ulimit "$limit"); done
for item in "${FILES[@]}"; do
  read -r number path _ <<<"$item"
  options+=(--volume "$RUN/files/$number:$path:ro")
done
mapfile -t logging < <(log_options)
guard
docker rm --force llmdeploy-replica >/dev/null 2>&1 || true
exec docker run "${options[@]}" "${logging[@]}" "$IMAGE" "${COMMAND[@]}"
