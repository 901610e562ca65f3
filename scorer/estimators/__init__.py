"""One model per file, and what they share: encoding, distribution, folds, metrics. They know no money."""
