"""Questions about promotions that might be run, asked through the scoring path."""
