"""A local GitHub: the REST and GraphQL APIs of one git checkout, as far as this project uses them."""
