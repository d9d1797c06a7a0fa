"""Read the repository: files, commits and the branch."""
