"""The report: results in, Markdown for the comment and the step summary, outputs, annotations and log out."""
