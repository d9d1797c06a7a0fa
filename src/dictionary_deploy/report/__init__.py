"""Turn results into the comment, the step summary, outputs, annotations and log lines."""
