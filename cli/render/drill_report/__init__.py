"""A drill as a page to keep: HTML with the picture in it, or Markdown with the picture beside it."""
