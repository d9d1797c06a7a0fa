"""What the README's tables say beyond the code: a sentence for each kind, event, outcome and reason.

A test holds the names here to those of the code.
"""

from __future__ import annotations

KINDS = {
    "synonyms": "`synonyms_path` of `synonym` and `synonym_graph` filters, in Solr's format",
    "wordnet-synonyms": "`synonyms_path` with `format: wordnet`",
    "stopwords": "`stopwords_path` of `stop` filters and language analyzers",
    "keep-words": "`keep_words_path` of `keep` filters",
    "protected-words": "`protected_words_path` of `word_delimiter` and `word_delimiter_graph` filters",
    "keywords": "`keywords_path` of `keyword_marker` filters",
    "articles": "`articles_path` of `elision` filters",
    "common-words": "`common_words_path` of `common_grams` filters",
    "decompounder-words": "`word_list_path` of decompounder filters",
    "hyphenation-patterns": "`hyphenation_patterns_path` of `hyphenation_decompounder` filters",
    "stemmer-override": "`rules_path` of `stemmer_override` filters",
    "word-delimiter-types": "`type_table_path` of `word_delimiter` and `word_delimiter_graph` filters",
    "char-mappings": "`mappings_path` of `mapping` character filters",
    "kuromoji-user-dictionary": "`user_dictionary` of `kuromoji_tokenizer`",
    "nori-user-dictionary": "`user_dictionary` of `nori_tokenizer`",
    "ik-words": "words for the IK analyzer",
    "sudachi": "a compiled Sudachi dictionary",
    "text": "any other text",
    "binary": "anything else",
}

EVENTS = {
    "push": "To the configured branch. To another branch or a tag: nothing to do.",
    "pull_request": "Opened, updated, reopened; into the configured branch.",
    "pull_request closed": "Merged into the configured branch; the commit is `merge_commit_sha`.",
    "pull_request_target closed": "The same. Other actions of this event are refused.",
    "merge_group": "The group's head commit.",
    "workflow_dispatch": "On the configured branch.",
    "repository_dispatch": "On the configured branch.",
    "workflow_run": "Succeeded on a push to the configured branch; the commit is its `head_sha`.",
    "schedule": "The tip of the branch.",
}

OUTCOMES = {
    "updated": "The available version carries this commit.",
    "created": "The same, and the package was created by `create: true`.",
    "unchanged": "What is deployed has this very content, from another commit. Nothing was done.",
    "applied": "No new version was needed, but domains that were behind got it.",
    "superseded": "The branch has moved on, or another commit, such as by a rollback, was deployed over this"
    " one. Nothing was done.",
    "held": "Somebody rolled this dictionary back, and its file has not changed since. Left alone.",
    "drifted": "The available version was not made from a commit, although an earlier one was, and the file"
    " has not changed since. Left alone, and reported.",
    "invalid": "The file cannot be deployed as it is. What is live stays live.",
    "failed": "Something went wrong; `reason` has the word for it.",
}

FAILING = {"invalid", "failed"}
"""The outcomes that fail the run in every mode."""

REASONS = {
    "invalid-config": (
        "The configuration, an input or the event cannot be used.",
        "Mend what the annotations point at: each says what would be right.",
    ),
    "invalid-dictionary": (
        "A file is missing, a Git LFS pointer, outside the repository, not UTF-8, empty, or shrank too much.",
        "Mend the file; `lfs: true` for actions/checkout; `allow-empty` or `max-shrink` when it is meant.",
    ),
    "no-credentials": (
        "There are no AWS credentials, they have expired, or no Region is set.",
        "Run configure-aws-credentials before, in the same job, with `id-token: write`. Set `region`.",
    ),
    "access-denied": (
        "AWS denied a call. The message has the IAM action and resource.",
        "Grant that action to the role; compare with [the policies](permissions.md).",
    ),
    "package-not-found": (
        "No package, or more than one, has the name or ID in this account and Region.",
        "Check name and Region. Make the package once by hand, or set `create: true`.",
    ),
    "domain-not-found": (
        "A domain that the configuration names does not exist.",
        "Check the domain's name, the account and the Region.",
    ),
    "limit-exceeded": (
        "AWS's limit: 25 packages per account and Region, 20 per domain.",
        "Delete packages that nobody uses.",
    ),
    "owned-elsewhere": (
        "Another repository deploys this package.",
        "Remove it from one of the two configurations, or set `take-over: true`.",
    ),
    "content-mismatch": (
        "This commit was deployed with other bytes: the build that writes the file is not reproducible.",
        "Make the build reproducible, or deploy from a new commit.",
    ),
    "not-checked-out": (
        "Another commit is checked out than the one that the event is about.",
        "Give actions/checkout the `ref` that the message names.",
    ),
    "wrong-branch": (
        "The commit is not on the configured branch.",
        "Merge it first, or set `branch`.",
    ),
    "locked": (
        "Another run held the lock until the time was over. The message has its URL.",
        "Rerun when it is over. The lock of a run that died ends by itself after a minute.",
    ),
    "upload-failed": (
        "S3 did not take the object, or did not answer about the lock.",
        "Do what the message says, then rerun.",
    ),
    "update-failed": (
        "A call about packages failed, or the new version never showed.",
        "Rerun; if it happens again, look at the package's history and AWS's health dashboard.",
    ),
    "copy-failed": (
        "AWS could not copy the object into the package (`COPY_FAILED`).",
        "Check that the role may read the object and that no KMS key encrypts it, then rerun.",
    ),
    "validation-failed": (
        "AWS refused the content (`VALIDATION_FAILED`).",
        "Mend what AWS's message names.",
    ),
    "association-failed": (
        "The version is available, but a domain did not get it.",
        "Mend what the message says of the domain, then rerun: the package itself is up to date.",
    ),
    "drifted": (
        "Mode `check` found something that differs from the branch.",
        "Deploy, or change the file in git: git wins then.",
    ),
    "timed-out": (
        "The time was over, or the run was stopped.",
        "Rerun: it goes on from there. Raise `timeout-minutes` if AWS needs longer.",
    ),
    "github-failed": (
        "GitHub gave no answer or no permission. Before a write this stops the dictionary.",
        "Rerun; give the job `contents: read`.",
    ),
    "internal": (
        "A defect of this program.",
        "A rerun is safe. Please open an issue with the log of a run with debug logging on.",
    ),
}

WORDS = "lines; `#` begins a comment"
ENTRIES = {
    "synonyms": "terms, each with all that it becomes",
    "stopwords": WORDS,
    "keep-words": WORDS,
    "protected-words": WORDS,
    "keywords": WORDS,
    "articles": WORDS,
    "common-words": WORDS,
    "decompounder-words": WORDS,
    "stemmer-override": "words, each with its stem",
    "word-delimiter-types": "characters, each with its type",
    "char-mappings": "texts, each with what it becomes",
    "wordnet-synonyms": "terms, each with all that it becomes",
    "kuromoji-user-dictionary": "surfaces, each with its segments, readings and part of speech",
    "nori-user-dictionary": "nouns, and compounds with their parts",
    "ik-words": "lines; there are no comments",
    "hyphenation-patterns": "patterns, exceptions and classes",
}
"""What is counted and compared of a kind whose entries are more than its lines."""
