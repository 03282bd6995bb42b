last=${*: -1}
grep -qx -- "$last" "$MACHINE/mounted" 2>/dev/null; exit
