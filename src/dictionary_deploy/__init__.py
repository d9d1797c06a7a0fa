"""Deploy search dictionaries: git as the source of truth for Amazon OpenSearch Service packages."""

__version__ = "0.1.0"
