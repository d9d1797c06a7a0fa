"""The only code that calls a domain's own endpoint, the API of its search engine."""
