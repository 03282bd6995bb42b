#!/bin/bash
# Puts the node's data, and Docker's, on the instance's own NVMe where the plan says so.
set -euo pipefail
. "${LLMDEPLOY_ROOT:-}/opt/llmdeploy/lib.sh"

mount_local_disks() {
  local disks device
  if mountpoint -q "$ROOT/opt/dlami/nvme"; then
    mount --bind "$ROOT/opt/dlami/nvme" "$DATA" # AWS's own images have joined them already
    return
  fi
  mapfile -t disks < <(local_disks)
  if [ "${#disks[@]}" -eq 0 ]; then
    say "no local disk was found; the boot disk takes everything"
    return
  fi
  device=${disks[0]}
  if [ "${#disks[@]}" -gt 1 ]; then
    device=/dev/md/llmdeploy
    [ -e "$device" ] || mdadm --create "$device" --run --level=0 "--raid-devices=${#disks[@]}" "${disks[@]}"
  fi
  blkid -L llmdeploy >/dev/null || mkfs.ext4 -q -F -E nodiscard -L llmdeploy "$device"
  mount -o noatime "$device" "$DATA"
}

move_docker() {
  local service
  systemctl stop docker.socket docker containerd
  for service in docker containerd; do
    mkdir -p "$DATA/$service" "$ROOT/var/lib/$service"
    mountpoint -q "$ROOT/var/lib/$service" || mount --bind "$DATA/$service" "$ROOT/var/lib/$service"
  done
  systemctl start containerd docker
}

mkdir -p "$DATA"
if [ "$DISK" = nvme ] && ! mountpoint -q "$DATA"; then
  mount_local_disks
  move_docker
fi
mkdir -p "$DATA/weights" "$DATA/cache"
