"""How reviews of changed specs look: as a comment, a page, data, or in a terminal."""
