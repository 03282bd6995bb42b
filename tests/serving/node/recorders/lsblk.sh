cat "$MACHINE/disks" 2>/dev/null || true
