"""Client files: one TOML per client, read into frozen settings.

Everything that differs between clients is a number or a name in that file. Every setting has a default;
an unknown key is an error that names the nearest known one.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from scorer.errors import BadSettings, ClientNotFound

Share = Annotated[float, Field(ge=0, le=1)]
Key = Literal["region", "store", "product_category", "product_subcategory", "product"]
# The columns by which sales can be matched to promotions, from the widest to the narrowest.
MATCHING_KEYS: tuple[Key, ...] = get_args(Key)
EventKey = Literal[Key, "promotion_type", "promotion_id"]
Language = Literal["en", "de", "fr"]
EngineName = Literal["duckdb", "spark", "databricks", "snowflake"]
CLIENT_NAME = "PromoClient"
"""The name by which a workbook says whose it is: a text, or a cell that holds one."""
Promote = Literal["better", "always", "never"]
Month = Annotated[int, Field(ge=1, le=12)]
Days = Annotated[int, Field(ge=1, le=366)]


class Section(BaseModel):
    """A part of a client file: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


AnySection = TypeVar("AnySection", bound=Section)


class Export(Section):
    """Where one exported table lies and what its headers are called."""

    files: tuple[str, ...] = Field(description="File names or patterns inside the export folder")
    columns: dict[str, str] = Field(default={}, description="Our column name -> the header in the file")
    decimal: Literal["auto", ".", ","] = Field(default="auto", description="Decimal sign of numbers written as text")
    date_order: Literal["auto", "ymd", "dmy", "mdy"] = Field(
        default="auto", description="Order of day, month and year in text dates"
    )
    sheet: str | None = Field(default=None, description="Sheet of an xlsx file; the first one when left out")


class Exports(Section):
    promotions: Export = Export(files=("promotions*",))
    sales: Export = Export(files=("sales*", "financial_transactions*"))
    campaigns: Export = Export(files=("campaigns*", "marketing_campaigns*"))
    costs: Export = Export(files=("costs*",))


class Sales(Section):
    """What one sales row stands for."""

    grain: Literal["auto", "transaction", "day", "week"] = "auto"
    absent_means: Literal["auto", "zero", "unknown"] = Field(
        default="auto", description="A period without a row: nothing sold, or not known; transactions default to zero"
    )
    later_files: Literal["replace", "add"] = Field(
        default="replace",
        description="The total of a key and period stands in a second file: it corrects the first, or counts beside it",
    )


class Refreshing(Section):
    """How the lake is built."""

    memory_gb: float = Field(default=4.0, ge=0.5, le=4096, description="Memory the tables may take; the rest goes to the disk")


class Matching(Section):
    """Which columns tie sales to promotions, and what makes two rows the same event."""

    keys: tuple[Key, ...] | Literal["auto"] = Field(default="auto", description="auto: every key that both exports carry")
    junk_regions: tuple[str, ...] = Field(
        default=("0", "1"), description="Region texts that are no region: such rows are refused"
    )
    event: tuple[EventKey, ...] | Literal["auto"] = Field(
        default="auto",
        description="Promotions alike in these and of one week are one event; auto: the matching keys but region and store",
    )


class Calendar(Section):
    country: str | None = Field(default=None, description="ISO country code for public holidays, for example DE")
    subdivision: str | None = Field(default=None, description="State or province code for its own holidays")
    holidays: tuple[date, ...] = Field(default=(), description="The client's own special days, on top of public holidays")
    holiday_months: tuple[Month, ...] = Field(default=(11, 12), description="Months that count as holiday season")


class Baseline(Section):
    """How the clean baseline is made."""

    observations: int = Field(default=8, ge=1, le=60, description="Clean periods of the same weekday (or clean weeks) to average")
    minimum: int = Field(default=3, ge=1, le=60, description="Fewer clean observations than this: the parent's level is used")
    price_dip: Share = Field(
        default=0.05, description="A price this far under the regular one counts as promoted, announced or not"
    )
    spike: float = Field(default=2.0, ge=1, description="Sales above this many times the usual betray an unannounced promotion")
    season: bool = Field(
        default=True, description="Move the baseline with last year's weeks of the category, where there are enough"
    )
    lead_days: int = Field(default=0, ge=0, le=120, description="Days between planning and the start; nothing later is used")


class Training(Section):
    test_from: date | None = Field(
        default=None, description="First day of the test period; left out: the last quarter of the events"
    )
    origins: int = Field(
        default=3, ge=1, le=12, description="How often the model is refitted while walking through the test period"
    )
    minimum_events: int = Field(default=60, ge=10, description="Fewer independent events than this: no skill can be shown")
    bootstrap: int = Field(default=500, ge=100, le=10000, description="Resamples of the event bootstrap")
    seed: int = 7
    threads: int = Field(default=2, ge=1, le=64)
    prior_weight: float = Field(
        default=5.0, gt=0, description="Past promotions count this many promotions of the wider group against"
    )
    success_from: Literal["distribution", "classifier"] = Field(
        default="distribution", description="Which model gives the success probability"
    )
    promote: Promote = Field(
        default="better", description="When a new model is put in use: better than the one in use on later promotions, in money"
    )


class Trust(Section):
    """Which models are believed."""

    key_file: str | None = Field(
        default=None,
        min_length=1,
        description="Key file, in the workspace or anywhere: models without its signature are refused. "
        "PROMO_MODEL_KEY_FILE in the environment goes before it",
    )


class Money(Section):
    """Assumptions used where neither the plan row nor the cost master states them."""

    margin_rate: Share | None = Field(default=None, description="(price - cost) / price; gives the unit cost where none is known")
    funding_share: Share = Field(default=0.0, description="Share of the discount that a partner pays")
    fixed_cost: float = Field(default=0.0, ge=0, description="Cost of a promotion beside its discount, in currency")
    redemption_share: Share = Field(default=1.0, description="Share of baseline buyers who get the discount")
    cannibalised_share: Share = Field(default=0.0, description="Incremental units taken from other products")
    pulled_forward_share: Share = Field(default=0.0, description="Incremental units that would have been bought later")
    dip_weeks: int = Field(default=4, ge=1, le=26, description="Weeks after a promotion over which those units are missing")
    halo_share: float = Field(default=0.0, ge=0, le=10, description="Units of other products sold with each incremental unit")


class Verdicts(Section):
    """When a promotion is worth doing, and what is tried where it is not."""

    minimum_probability_of_profit: Share = Field(default=0.80, description="A GO is at least this likely to earn")
    hurdle_roi: float = Field(default=0.0, ge=-1, le=100, description="A GO returns at least this; 0 is break-even")
    most_funding: Share = Field(default=0.5, description="The largest share of the discount a partner may be asked for")
    duration_steps: tuple[Days, ...] = Field(default=(7, 14, 21, 28), description="Lengths in days to try")
    interval: Share = Field(default=0.80, gt=0, lt=1, description="Width of the printed intervals")
    discount_steps: tuple[Share, ...] = Field(
        default=(0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50), description="Discounts to try"
    )
    ladder: tuple[Share, ...] = Field(default=(0.10, 0.15, 0.20, 0.25, 0.30), description="Discounts of the what-if ladder")


class Log(Section):
    """The plan log: what was committed, who decided, what came of it."""

    url_from: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_]*$",
        description="Environment variable with the address of a PostgreSQL log; left out: PROMO_LOG_URL, else a file",
    )
    minimum_measured: int = Field(
        default=10, ge=1, le=10_000, description="Fewer measured promotions than this are not enough evidence for a figure"
    )


class Workbooks(Section):
    """How workbooks are written."""

    language: Language = Field(default="en", description="Language of titles, labels, messages and verdicts; dates follow it")


class Limits(Section):
    rejected_share: Share = Field(default=0.05, description="More refused rows than this and the run says so (exit code 5)")


class Runs(Section):
    """Runs without anybody watching: ``promo run``."""

    train: Literal["when_due", "never"] = Field(default="when_due", description="never: models are trained by hand or elsewhere")
    train_every_days: int = Field(
        default=30, ge=1, le=3660, description="A model this old is trained again, if there is anything new to learn from"
    )
    train_on_new_share: float = Field(
        default=0.10, gt=0, le=100, description="… or sooner, when promotions or sales grew by this share of what it learnt from"
    )
    files: tuple[Literal["csv", "xlsx"], ...] = Field(
        default=("csv",), description="Forms in which a scored list is written beside scores.parquet"
    )
    workbook_rows: int = Field(
        default=2_000, ge=0, le=100_000, description="Longer lists get no planning workbook; 0: no list gets one"
    )
    keep_days: int = Field(default=90, ge=0, le=36_500, description="Outputs of runs older than this are removed …")
    keep_runs: int = Field(default=10, ge=1, le=100_000, description="… but for the newest so many, and the newest good one")
    keep_lists: bool = Field(default=True, description="False: the lists of a run in the inbox's done and failed go with it")


class Engine(Section):
    """Where lakes are made and long lists scored, when one machine is not enough. Nothing secret stands here: see the README."""

    name: EngineName = Field(default="duckdb", description="duckdb is this machine; others refresh, spark also scores")
    master: str | None = Field(
        default=None, description="Address of the Spark master (spark://...) or a Spark Connect server (sc://...); no secrets"
    )
    storage: str | None = Field(
        default=None, description="Folder that this machine and every worker see under the same path; left out: a temporary one"
    )
    connection: str | None = Field(
        default=None, description="Name of a connection in Snowflake's own connections.toml; left out: SNOWFLAKE_... variables"
    )


class Health(Section):
    """When exports, and a lake made of them, are no longer what they were."""

    drift: Literal["stop", "warn"] = Field(
        default="stop", description="A file is not as its table was before: the refresh stops, or goes on and says so"
    )
    freshness_days: int = Field(default=45, ge=1, le=3660, description="The last sales may be this old")
    row_change: Share = Field(default=0.5, description="So large a share of rows may be gone since the last time")
    null_change: Share = Field(default=0.3, description="So many more cells of a column may be empty than before, as a share")
    unreadable_change: Share = Field(default=0.05, description="So many more cells of a column may be unreadable, as a share")
    new_levels: Share = Field(default=0.5, description="So many rows may carry names that were never seen before, as a share")
    population_drift: float = Field(
        default=0.25, gt=0, le=10, description="Stability index (PSI) above which late promotions are other than earlier ones"
    )


class Client(Section):
    """One client file."""

    client: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    name: str = ""
    currency: str = Field(default="EUR", pattern=r"^[A-Z]{3}$", description="ISO currency code")
    exports: Exports = Exports()
    sales: Sales = Sales()
    refresh: Refreshing = Refreshing()
    matching: Matching = Matching()
    calendar: Calendar = Calendar()
    baseline: Baseline = Baseline()
    training: Training = Training()
    money: Money = Money()
    verdict: Verdicts = Verdicts()
    limits: Limits = Limits()
    workbook: Workbooks = Workbooks()
    log: Log = Log()
    health: Health = Health()
    engine: Engine = Engine()
    trust: Trust = Trust()
    run: Runs = Runs()

    @model_validator(mode="after")
    def _minimum_fits(self) -> Client:
        if self.baseline.minimum > self.baseline.observations:
            raise ValueError("baseline.minimum is larger than baseline.observations")
        return self

    @property
    def title(self) -> str:
        """The client's name as people read it; where the file gives none, the short one."""
        return self.name or self.client


def read_client(path: Path) -> Client:
    """Read one client file.

    Raises BadSettings for a file that is not TOML, an unknown key (naming the nearest known one) or a value out of range.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as why:
        raise BadSettings.unreadable(path, why) from why
    raw.setdefault("client", path.stem)
    if raw["client"] != path.stem:
        raise BadSettings.bad_value(path, "client", raw["client"], f"it must be the file's own name, '{path.stem}'")
    return parse_client(raw, path)


def parse_client(raw: dict[str, Any], path: object = "client settings") -> Client:
    """Check settings that are already in memory; errors name ``path``."""
    return parse_settings(Client, raw, path)


def parse_settings(kind: type[AnySection], raw: dict[str, Any], path: object) -> AnySection:
    """Check settings of any kind; errors name ``path``, the key and, for an unknown one, the nearest known.

    Raises BadSettings.
    """
    try:
        return kind.model_validate(raw)
    except ValidationError as found:
        raise _explained(found, path, kind) from found


def speaking(client: Client, language: Language) -> Client:
    """Return the client with another language of its workbooks.

    Raises BadSettings for a language there is none of.
    """
    known = get_args(Language)
    if language not in known:
        raise BadSettings.bad_value("the request", "language", language, f"it must be one of {', '.join(known)}")
    return client.model_copy(update={"workbook": client.workbook.model_copy(update={"language": language})})


def clients_in(folder: Path) -> dict[str, Path]:
    """Return the client files of a workspace's ``clients`` folder by client name."""
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def choose_client(folder: Path, name: str | None) -> Client:
    """Read the named client, or the only one there is.

    Raises ClientNotFound when the name is not there, or when there are several and none was named.
    """
    known = clients_in(folder)
    if name is None and len(known) == 1:
        name = next(iter(known))
    if name is None:
        raise ClientNotFound.must_choose(known, folder)
    if name not in known:
        raise ClientNotFound.named(name, known, folder)
    return read_client(known[name])


def _explained(found: ValidationError, path: object, kind: type[BaseModel]) -> BadSettings:
    """Say what the person wrote wrong: a misspelt key before the required one it leaves missing."""
    every = found.errors()
    first = next((error for error in every if error["type"] == "extra_forbidden"), every[0])
    place = _place(first["loc"])
    key = ".".join(str(part) for part in place) or kind.__name__.lower()
    if first["type"] == "extra_forbidden":
        *section, name = place
        return BadSettings.unknown_key(path, key, _known_keys(section, kind) if isinstance(name, str) else ())
    return BadSettings.bad_value(path, key, first.get("input"), _why(first["type"], first["msg"]))


def _place(location: tuple[Any, ...]) -> list[Any]:
    """Leave out what names an alternative of a type, not a key: ``tuple[str, ...]``."""
    return [part for part in location if not (isinstance(part, str) and "[" in part)]


def _why(kind: str, said: str) -> str:
    if kind == "tuple_type":
        return 'it must be a list, in brackets: ["one", "two"]'
    return said.removeprefix("Value error, ")


def _known_keys(section: list[Any], kind: type[BaseModel]) -> list[str]:
    model = kind
    for part in section:
        if isinstance(part, int):  # the place in a list of sections
            continue
        inner = model.model_fields[part].annotation if part in model.model_fields else None
        inner = next(iter(get_args(inner)), inner)  # tuple[Section, ...] holds sections
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)
