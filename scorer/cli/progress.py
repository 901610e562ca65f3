"""What a person watching sees while a verb works: the stage on the error stream, never in the output."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from scorer.saying import Say


@contextmanager
def stages(quiet: bool) -> Iterator[Say]:
    """Hand out a function that announces the stage being worked on; each one is listed with its time when it ends.

    Says nothing when ``quiet``, or when nobody watches a terminal.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status("Starting", spinner="line") as status:
        done = _Stage()

        def say(stage: str) -> None:
            done.end(console.print)
            done.begin(stage)
            status.update(stage)

        yield say
        done.end(console.print)


class _Stage:
    """The stage under way and when it began."""

    name = ""
    since = 0.0

    def begin(self, name: str) -> None:
        self.name, self.since = name, monotonic()

    def end(self, tell: Callable[[str], None]) -> None:
        from rich.markup import escape

        if self.name:
            tell(f"  {escape(self.name)} [dim]{monotonic() - self.since:.1f} s[/dim]")
        self.name = ""
