"""Texts of the generated tables: a description of each event, outcome and failure reason.

A test compares the names with those in the code.
"""

from __future__ import annotations

EVENTS = {
    "push": "On the branch. Other branches and tags: nothing to do.",
    "pull_request": "Opened, updated, reopened or retargeted, into the branch.",
    "pull_request closed": "Merged into the branch. Deploys `merge_commit_sha`.",
    "pull_request_target closed": "Same as above. Other actions of this event are refused.",
    "merge_group": "Into the branch. Plans the group's head commit.",
    "workflow_dispatch": "On the branch.",
    "repository_dispatch": "Runs on the default branch. For another one, set `branch` and check it out.",
    "workflow_run": "Succeeded for a push to the branch. Deploys its `head_sha`.",
    "schedule": "Checks the branch. For one other than the default, set `branch` and check it out.",
}

OUTCOMES = {
    "updated": "The available version was made from this commit.",
    "created": "Same as `updated`, and `create: true` created the package.",
    "unchanged": "The deployed content is the same, from another commit. Nothing was done.",
    "applied": "No new version was needed. Domains that were behind were updated.",
    "superseded": "The file has changed on the branch since, or another commit was deployed over this one."
    " Nothing was done.",
    "skipped": "The input `only` does not select it, or the commit of the rollback does not have the file."
    " Nothing was done.",
    "held": "The dictionary was rolled back, and its file has not changed since. Nothing was deployed.",
    "drifted": "A version from a commit was replaced by hand, and the file has not changed since."
    " Left unchanged and reported.",
    "invalid": "The file cannot be deployed. The live version stays live.",
    "failed": "The deploy failed; see `reason`.",
}

FAILING = {"invalid", "failed"}
"""Outcomes that fail the run in every mode."""

REASONS = {
    "invalid-config": (
        "The configuration, an input or the event is invalid.",
        "Follow the annotations: each marks a line and has the fix.",
    ),
    "invalid-dictionary": (
        "A file is missing, invalid, empty, outside the repository or a Git LFS pointer, or shrank too much.",
        "Fix the file, or set `allow-empty` or `shrink-to`. Git LFS: set `lfs: true` on actions/checkout.",
    ),
    "no-credentials": (
        "AWS credentials are missing or expired, or no Region is set.",
        "Run configure-aws-credentials earlier in the same job, with `id-token: write`. Set `region`.",
    ),
    "access-denied": (
        "AWS denied a call. The message has the IAM action and resource.",
        "Grant the action to the role. Compare it with [the policies](permissions.md).",
    ),
    "package-not-found": (
        "No package, or more than one, has this name or ID in this account and Region.",
        "Check the name and the Region. Create the package, or set `create: true`.",
    ),
    "package-lookup-failed": (
        "AWS did not list the packages, their versions, their domains or a deployed object.",
        "Follow the message: AWS may be unreachable, or the bucket may be missing. Then rerun.",
    ),
    "domain-not-found": (
        "A domain in the configuration does not exist.",
        "Check the domain's name, the account and the Region.",
    ),
    "limit-exceeded": (
        "An AWS limit was reached: 25 packages per account and Region, 20 per domain.",
        "Delete unused packages.",
    ),
    "owned-elsewhere": (
        "Another repository, or another configuration of this one, deploys this package.",
        "Remove it from one of the two configurations, or set `take-over: true`.",
    ),
    "content-mismatch": (
        (
            "This commit was already deployed with other bytes: the build of the file is not reproducible, or"
            " someone replaced the object. If that happened while AWS copied it, other content may be live."
        ),
        (
            "Make the build reproducible, or deploy a new commit. If the object was replaced, make the deploy"
            " role the only writer below the prefix ([bucket policy](permissions.md#aws-the-bucket)), then"
            " run mode `rollback` on the last good commit."
        ),
    ),
    "not-checked-out": (
        (
            "The commit of the event is not checked out, a check's files are not those of the branch's tip,"
            " or the commit of a rollback has none of the files."
        ),
        "Set `ref` of actions/checkout to the value in the message.",
    ),
    "wrong-branch": (
        "The commit is not on the deployed branch, or the configuration asserts another one.",
        "Merge it first, or set the input `branch`.",
    ),
    "locked": (
        "Another run held the lock until the timeout, or took it over while this run was paused.",
        (
            "Rerun when that run has ended. If the message says that a newer version may have been replaced,"
            " run mode `rollback` on the tip of the branch."
        ),
    ),
    "upload-failed": (
        "S3 rejected the object, or did not respond to a lock request.",
        "Follow the message, then rerun.",
    ),
    "update-failed": (
        "A package call failed, or the new version never appeared.",
        "Rerun. If it happens again, check the package's version history and the AWS Health Dashboard.",
    ),
    "copy-failed": (
        "AWS could not copy the object into the package (`COPY_FAILED`).",
        "Check that the role may read the object and that no KMS key encrypts it, then rerun.",
    ),
    "validation-failed": (
        "AWS rejected the content (`VALIDATION_FAILED`).",
        "Fix the problem in AWS's message.",
    ),
    "association-failed": (
        "The version is available, but a domain did not get it.",
        "Fix the problem in the message, then rerun. The package itself is up to date.",
    ),
    "drifted": (
        "Mode `check` found a difference between AWS and the branch.",
        "Follow the message: usually deploy, or merge a change to the file.",
    ),
    "timed-out": (
        "The run timed out.",
        "Rerun: it picks up where it left off. Raise `timeout-minutes` if AWS needs longer.",
    ),
    "interrupted": (
        "The run was stopped, for example because its job was cancelled.",
        "Rerun: it picks up where it left off.",
    ),
    "engine-refused": (
        "A domain's engine cannot load the new file. Indices keep the old version while they stay open.",
        "Fix the file, or roll back. Until then, reopen no index that uses it.",
    ),
    "apply-failed": (
        "With `apply`, an index does not use the version. Or a run left an index closed.",
        "Follow the message, for example grant the request. Then rerun.",
    ),
    "expectation-failed": (
        "After the deploy, a search in an index breaks an expectation (`expect`). The version is live.",
        "Fix the file, the expectation or the index's analyzer, or roll back.",
    ),
    "github-failed": (
        "GitHub did not respond or denied access. Without the branch, nothing is written.",
        "Grant the job `contents: read`, then rerun.",
    ),
    "internal": (
        "A bug in this program.",
        "Rerunning is safe. Open an issue with the log of a run with debug logging.",
    ),
}
