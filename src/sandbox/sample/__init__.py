"""The repository of the demo: dictionaries of a shop for electronics, household and clothing.

`repository/` is its first commit, `pull-request-7.patch` what pull request 7 changes.
"""
