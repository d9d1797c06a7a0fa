"""What a release needs besides the image: the version, its notes, and the tags. For development alone."""
