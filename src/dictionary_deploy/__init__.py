"""Deploy search dictionaries: a git repository as the truth for Amazon OpenSearch Service packages."""

__version__ = "0.1.0"
