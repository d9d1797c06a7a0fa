"""`make live`: test AWS's undocumented behavior in the user's own account."""
