"""The loop that deploys the dictionaries of a run concurrently."""
