"""Make the stored rows and answers anew: ``python -m scorer.verification``, after a change of the SQL that is meant."""

from __future__ import annotations

from scorer.verification.stored import FOLDER, make_answers, make_inputs, write

for old in FOLDER.glob("*.parquet"):
    old.unlink()
inputs = make_inputs()
write({**inputs, **make_answers(inputs)})
print(f"{len(list(FOLDER.glob('*.parquet')))} tables written")  # noqa: T201 - a command of those who change the SQL
