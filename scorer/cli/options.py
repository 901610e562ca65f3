"""The options that many verbs share, each with its words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

HERE = Path()

# Under which headings the help lists the verbs.
LEARN = "Learn from what was"
PLAN = "Plan what comes"
DECIDE = "Decide, and learn from what came of it"
LOOK = "See it at work"

ClientName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--client", metavar="NAME", help="Whose data: the name of a file in clients/. Not needed when there is only one."
    ),
]
Folder: TypeAlias = Annotated[
    Path, typer.Option("--workspace", metavar="FOLDER", help="Folder that holds clients, exports, models and outputs.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON for a program to read, and nothing else.")]
PlanFile: TypeAlias = Annotated[
    Path,
    typer.Argument(metavar="LIST", help="The planned promotions, one per row: a csv, xlsx or parquet file.", show_default=False),
]
LanguageName: TypeAlias = Annotated[
    Literal["en", "de", "fr"] | None,
    typer.Option("--language", help="Language of the workbook; left out, the one in the client file.", show_default=False),
]
TaskName: TypeAlias = Annotated[str, typer.Option("--task", metavar="TASK", help="Which question the model answers.")]
Why: TypeAlias = Annotated[str, typer.Option("--why", metavar="TEXT", help="Kept with the decision, for those who ask later.")]
