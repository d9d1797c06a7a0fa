"""Read files, commits and branches of the checkout."""
