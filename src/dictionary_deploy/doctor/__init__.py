"""Doctor: whether a deploy would work here, found out by asking, and the policies that it needs.

It writes one scratch object below the prefix, and nothing else.
"""
