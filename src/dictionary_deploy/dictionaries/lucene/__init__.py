"""Parts of Lucene, re-implemented."""
