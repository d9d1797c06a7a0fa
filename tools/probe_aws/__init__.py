"""`make live`: asks AWS itself what its documents leave open, in the account of whoever runs it."""
