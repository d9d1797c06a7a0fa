"""The local AWS and GitHub for tests and the demonstration; not part of the action."""
