"""What stands in for AWS and GitHub in tests and in the demonstration; no part of the action."""
