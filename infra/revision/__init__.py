"""What git says of other revisions of the files in a folder."""
