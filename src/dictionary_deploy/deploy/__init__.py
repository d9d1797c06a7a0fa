"""The loop that takes the dictionaries of a run side by side, and what it is made of."""
