"""GitHub: where a commit stands, and the comments on its pull requests.

requests is imported by `client` alone, so that a run which asks GitHub nothing does not wait for it.
"""
