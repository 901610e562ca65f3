"""Where the feature SQL runs: one module per engine."""
