"""Show what is live where, for how long and from which commit. Writes nothing."""
