"""The parts of a release: the files of the image, the version, its notes and the tags. Not in the image."""
