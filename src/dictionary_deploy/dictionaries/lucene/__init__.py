"""The parts of Lucene that are re-implemented here."""
