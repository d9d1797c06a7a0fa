"""Check whether a deploy would work here, and print the IAM policies that it needs.

Doctor writes one scratch object below the prefix, and nothing else.
"""
