"""Exports → bronze (typed, with file and line) → silver (clean) → gold (features): one database file per client."""
