"""Turn an event into a trigger: mode, commit, branch and pull request."""
