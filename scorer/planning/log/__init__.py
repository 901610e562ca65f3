"""The plan log: what was promised, who decided, and what came of it. Nothing in it is ever changed or deleted."""
