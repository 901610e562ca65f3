"""Every error a user can meet, grouped by what the caller would do about it.

    PromoError                      exit
    ├── UsageError                    2   the request itself is off: a client, a verb, a setting
    │   ├── ClientNotFound
    │   ├── BadSettings
    │   ├── BadQuestion
    │   ├── BadArgument
    │   ├── RulesClash
    │   └── ReasonMissing
    ├── InputRefused                  3   a file or table cannot be used as it is
    │   ├── FileUnreadable
    │   ├── ColumnMissing
    │   ├── SchemaDrift
    │   ├── NothingToWorkOn
    │   ├── PromotionUnknown
    │   ├── InputChanged
    │   ├── OutputRefused
    │   ├── HostMissing
    │   ├── DecisionRefused
    │   ├── LogUnusable
    │   └── EngineUnusable
    ├── ModelUnavailable              4   there is no model, or it is not to be trusted
    │   ├── ModelNotFound
    │   ├── BundleRefused
    │   ├── KeyUnusable
    │   └── ExtraMissing
    ├── TooManyRejects                5   done, but more rows were refused than the client allows
    └── RunLocked                     6   another run is at work on this client

Anything else that reaches the command line is a bug and exits with 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

EXIT_DONE = 0
EXIT_BUG = 1


def nearest(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` for the known name closest to ``name``, or an empty string.

    >>> nearest("discuont", ["discount", "region"])
    " Did you mean 'discount'?"
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" Did you mean '{close[0]}'?" if close else ""


def listed(names: Iterable[str], most: int = 12) -> str:
    """Join names for a sentence and cut a long list, saying how many were left out.

    >>> listed(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"


class PromoError(Exception):
    """An error with a sentence for the person who asked, and the exit code of its family."""

    exit_code = EXIT_BUG


class UsageError(PromoError):
    """The request cannot be understood as it was made."""

    exit_code = 2


class ClientNotFound(UsageError):
    @classmethod
    def named(cls, client: str, known: Iterable[str], folder: object) -> ClientNotFound:
        every = sorted(known)
        have = f"The clients here are: {listed(every)}." if every else "There are no client files there yet."
        return cls(
            f"No client file '{client}.toml' in {folder}. {have}{nearest(client, every)} "
            f"'promo init --client {client}' makes one to start from."
        )

    @classmethod
    def must_choose(cls, known: Iterable[str], folder: object) -> ClientNotFound:
        every = sorted(known)
        if not every:
            return cls(
                f"There is no client file in {folder}. 'promo init --client NAME' makes one, "
                "'promo demo' makes a whole example workspace."
            )
        return cls(f"Several clients live in {folder}: {listed(every)}. Say which one with --client NAME.")


class BadSettings(UsageError):
    @classmethod
    def unknown_key(cls, path: object, key: str, known: Iterable[str]) -> BadSettings:
        every = sorted(known)
        return cls(f"{path}: unknown setting '{key}'.{nearest(key.rpartition('.')[2], every)} Known here: {listed(every, 30)}.")

    @classmethod
    def bad_value(cls, path: object, key: str, found: object, why: str) -> BadSettings:
        return cls(f"{path}: setting '{key}' cannot be {found!r}: {why}.")

    @classmethod
    def secret(cls, key: str, instead: str) -> BadSettings:
        return cls(f"The setting '{key}' holds a user or a token. {instead}")

    @classmethod
    def unreadable(cls, path: object, why: object, what: str = "a client file") -> BadSettings:
        return cls(f"{path} is not {what} that can be read: {why}.")


class RulesClash(UsageError):
    """The rules of a choice cannot all be kept."""

    @classmethod
    def because(cls, conflict: str) -> RulesClash:
        return cls(f"The rules cannot all be kept. {conflict}")

    @classmethod
    def unsettled(cls, seconds: float) -> RulesClash:
        return cls(
            f"No choice that keeps to all rules was found in {seconds:g} seconds, and none is proven impossible. "
            "Give it longer (--time-limit), or lift some rules."
        )


class ReasonMissing(UsageError):
    """A decision or an override must say why."""

    @classmethod
    def of(cls, what: str) -> ReasonMissing:
        return cls(f'{what} needs a reason: add --why "..." so that those who ask later know.')


class BadQuestion(UsageError):
    """What was asked about a plan cannot be tried: an input that is none, a value it cannot have, too much at once."""

    @classmethod
    def unknown_input(cls, asked: str, known: Iterable[str], where: object = "What is to change") -> BadQuestion:
        every = list(known)
        return cls(f"{where}: '{asked}' is no input of a promotion.{nearest(asked, every)} Known: {listed(every, 40)}.")

    @classmethod
    def bad_value(cls, name: str, value: object, why: str, where: object = "What is to change") -> BadQuestion:
        return cls(f"{where}: {name} cannot be {str(value)!r}: {why}.")

    @classmethod
    def because(cls, what: str, remedy: str) -> BadQuestion:
        return cls(f"{what}. {remedy}")


class BadArgument(UsageError):
    """A worksheet function was given something it cannot read."""

    @classmethod
    def named(cls, argument: str, why: str, remedy: str) -> BadArgument:
        return cls(f"{argument}: {why}. {remedy}")

    @classmethod
    def sizes(cls, function: str, sizes: str) -> BadArgument:
        return cls(f"The ranges given to {function} do not fit together: {sizes}. Give ranges of one size, or single cells.")


class InputRefused(PromoError):
    """A file or table cannot be used as it is."""

    exit_code = 3


class FileUnreadable(InputRefused):
    @classmethod
    def because(cls, path: object, why: object, remedy: str) -> FileUnreadable:
        return cls(f"{path} cannot be read: {why}. {remedy}")

    @classmethod
    def absent(cls, pattern: object, folder: object) -> FileUnreadable:
        return cls(f"No file matches '{pattern}' in {folder}. Put the export there or change its name in the client file.")

    @classmethod
    def not_there(cls, path: Path) -> FileUnreadable:
        beside = [found.name for found in path.parent.iterdir()] if path.parent.is_dir() else []
        return cls(f"There is no file {path}.{nearest(path.name, beside)}")


class ColumnMissing(InputRefused):
    @classmethod
    def named(
        cls, column: str, path: object, found: Iterable[str], aliases: Iterable[str] = (), table: str = "<table>"
    ) -> ColumnMissing:
        every = list(found)
        also = f" (also accepted: {listed(aliases)})" if list(aliases) else ""
        return cls(
            f"{path} has no column '{column}'{also}. It has: {listed(every, 30)}.{nearest(column, every)} "
            f"Name the header in the client file under [exports.{table}.columns] if it is called otherwise."
        )


class SchemaDrift(InputRefused):
    """An export is no longer what the lake was made of."""

    @classmethod
    def of(cls, drifts: Iterable[object]) -> SchemaDrift:
        every = [str(drift) for drift in drifts]
        more = f" And {len(every) - 3} more." if len(every) > 3 else ""
        return cls(
            f"The exports have changed, so the lake stays as it was. {' '.join(every[:3])}{more} "
            'To go on with a warning instead, set drift = "warn" under [health] in the client file.'
        )


class NothingToWorkOn(InputRefused):
    @classmethod
    def because(cls, what: str, remedy: str) -> NothingToWorkOn:
        return cls(f"{what}. {remedy}")


class PromotionUnknown(InputRefused):
    """A promotion that was asked about is not among the usable rows of the list."""

    @classmethod
    def named(cls, asked: str, path: object, usable: Iterable[str]) -> PromotionUnknown:
        every = list(usable)
        return cls(f"{path} has no usable promotion '{asked}'.{nearest(asked, every)} It has {listed(every)}.")


class InputChanged(InputRefused):
    """A file became another one while it was worked on."""

    @classmethod
    def while_read(cls, path: object) -> InputChanged:
        return cls(f"{path} changed while it was read, so nothing of it was kept. The next run reads it again.")


class OutputRefused(InputRefused):
    @classmethod
    def because(cls, path: object, why: str, remedy: str) -> OutputRefused:
        return cls(f"{path} was not written: {why}. {remedy}")


class HostMissing(InputRefused):
    """There is no spreadsheet program to work with, or it does not answer."""

    @classmethod
    def without_program(cls) -> HostMissing:
        return cls(
            "LibreOffice was not found. Install it from libreoffice.org (on Debian and Ubuntu: "
            "apt install libreoffice-calc python3-uno)."
        )

    @classmethod
    def without_uno(cls, looked_at: Iterable[object]) -> HostMissing:
        return cls(
            "Python cannot talk to LibreOffice: its UNO files were not found in "
            f"{listed(map(str, looked_at))}. Install them (on Debian and Ubuntu: apt install python3-uno)."
        )

    @classmethod
    def of_another_python(cls, folder: object, running: str, why: object) -> HostMissing:
        return cls(
            f"The UNO files in {folder} do not load in Python {running}: {why}. They are made for one version of Python; "
            "use the system's own, or install LibreOffice from your system's packages."
        )

    @classmethod
    def not_started(cls, program: object, why: object) -> HostMissing:
        return cls(f"LibreOffice ({program}) did not start: {why}. Start it by hand once and look at what it says.")

    @classmethod
    def not_installed(cls) -> HostMissing:
        return cls("The add-in is not in LibreOffice yet. 'promo addin install --host libreoffice' puts it there.")

    @classmethod
    def not_answering(cls, pipe: str) -> HostMissing:
        return cls(f"No LibreOffice answers on the pipe '{pipe}'. Start LibreOffice again, then try once more.")


class DecisionRefused(InputRefused):
    """A plan cannot become what was asked for, from where it stands."""

    @classmethod
    def from_here(cls, promotion: str, status: str, wanted: str, open_ways: Iterable[str], remedy: str = "") -> DecisionRefused:
        ways = listed(open_ways)
        rest = f"From there it can become: {ways}." if ways else "Its life in the log is over."
        return cls(f"{promotion} is {status}: it cannot become {wanted}. {rest}{' ' if remedy else ''}{remedy}")

    @classmethod
    def unknown(cls, promotion: str, known: Iterable[str]) -> DecisionRefused:
        every = list(known)
        return cls(
            f"The plan log has no promotion '{promotion}'.{nearest(promotion, every)} "
            f"It has {len(every):,}: {listed(every) or 'none'}. 'promo commit LIST' puts a list into it."
        )


class LogUnusable(InputRefused):
    """The plan log cannot be opened, read or written."""

    @classmethod
    def because(cls, where: object, why: object, remedy: str) -> LogUnusable:
        return cls(f"The plan log {where} cannot be used: {why}. {remedy}")


class EngineUnusable(InputRefused):
    """A cluster or warehouse cannot be reached, or did not do its work."""

    @classmethod
    def not_reached(cls, engine: str, where: object, why: object) -> EngineUnusable:
        return cls(f"{engine} ({where}) was not reached: {why}. Check the address, and that it runs and knows you.")

    @classmethod
    def because(cls, engine: str, why: object, remedy: str) -> EngineUnusable:
        return cls(f"{engine} did not do its work: {why}. {remedy}")

    @classmethod
    def disagrees(cls, engine: str, what: str) -> EngineUnusable:
        return cls(f"{engine} does not give the stored answers: {what}. Do not use it before that is explained.")


class ModelUnavailable(PromoError):
    """There is no model for the question, or the one there is not to be trusted."""

    exit_code = 4


class ModelNotFound(ModelUnavailable):
    @classmethod
    def for_task(cls, client: str, task: str) -> ModelNotFound:
        return cls(f"Client '{client}' has no trained model for {task}. 'promo train --client {client}' makes one.")

    @classmethod
    def version(cls, client: str, version: str, known: Iterable[str]) -> ModelNotFound:
        every = list(known)
        return cls(
            f"Client '{client}' has no model version '{version}'.{nearest(version, every)} "
            f"Versions: {listed(every) or 'none'}. 'promo models list --client {client}' shows them."
        )


class BundleRefused(ModelUnavailable):
    @classmethod
    def because(cls, path: object, why: str, remedy: str = "") -> BundleRefused:
        todo = remedy or "Roll back with 'promo models rollback' or train again with 'promo train'."
        return cls(f"The model in {path} was refused: {why}. {todo}")


class KeyUnusable(ModelUnavailable):
    """The key that models are to be signed or checked with cannot be used: nothing is trusted without it."""

    @classmethod
    def because(cls, path: object, why: object) -> KeyUnusable:
        return cls(
            f"The key file {path} cannot be used: {why}. Put it back, or name another one in the client file (trust.key_file) "
            "or in the environment (PROMO_MODEL_KEY_FILE); 'promo models keygen' makes one."
        )

    @classmethod
    def cannot_sign(cls, name: str) -> KeyUnusable:
        return cls(f"The key {name} can only check signatures. Sign with the other half of the pair: --key FILE.")

    @classmethod
    def none_to_sign_with(cls) -> KeyUnusable:
        return cls("There is no key to sign with. Name the key file with --key FILE; 'promo models keygen' makes one.")


class ExtraMissing(ModelUnavailable):
    @classmethod
    def named(cls, extra: str, purpose: str) -> ExtraMissing:
        return cls(f"{purpose} needs packages that are not installed. Install them with: pip install 'promo-planner[{extra}]'")


class TooManyRejects(PromoError):
    """The work was done, but more rows were refused than the client allows."""

    exit_code = 5

    done: object = None
    """What was done all the same."""

    @classmethod
    def above(cls, rejected: int, rows: int, limit: float, where: object, done: object = None) -> TooManyRejects:
        share = rejected / rows if rows else 1.0
        told = cls(
            f"{rejected:,} of {rows:,} rows were refused ({share:.1%}; the client allows {limit:.1%}). "
            f"The reasons are in {where}."
        )
        told.done = done
        return told


class RunLocked(PromoError):
    """Another run is at work on the same client."""

    exit_code = 6

    @classmethod
    def held(cls, client: str, path: object, owner: str) -> RunLocked:
        return cls(
            f"Another run is at work on client '{client}' ({owner}). Wait for it to end; "
            f"if no such run exists any more, remove {path}."
        )
