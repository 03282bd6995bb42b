"""The pipeline of a pull request: reviews into comments, merges into applies, drift into issues."""
