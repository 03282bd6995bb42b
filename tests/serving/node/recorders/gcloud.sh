. "$MACHINE/behaviour/sync" "${7#gs://*/}/" "$8/"
