"""The measures of `make bench`: a module for each, and `__main__` runs them.

A measure is a function without arguments that yields lines of text. What it measures it starts as a process
of its own (`process.py`), so that measures neither warm nor burden each other. Figures are ratios wherever
they can be, taken in one run on one machine: seconds alone say more about the machine.
"""
