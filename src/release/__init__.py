"""What a release needs: the files of the image, the version, its notes and the tags. Not in the image."""
