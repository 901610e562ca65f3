"""Models at rest: data that is read, audited and only then used; never code."""
