"""GitHub's API: where a commit stands on a branch, and the comments on its pull requests.

Nothing else imports PyGithub. `client` and `http_limits` import it; runs that never talk to GitHub do not.
"""
