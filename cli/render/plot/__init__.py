"""The break-even as a picture: a PNG by matplotlib, or an HTML page of its own."""
