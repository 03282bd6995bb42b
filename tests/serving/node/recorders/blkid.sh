[ -e "$MACHINE/formatted" ]; exit
