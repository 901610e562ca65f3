"""What an installation knows is read back as it was written, whatever stands in a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addin.configuration import Configuration, configuration_file, read_configuration, write_configuration
from scorer.errors import BadSettings, OutputRefused

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)


def named(path: Path, **more: str) -> dict[str, str]:
    return {"PROMO_ADDIN_FILE": str(path), **more}


@pytest.mark.parametrize(
    "folder",
    [r"C:\Users\Ann\promo", r"\\server\share\Zürich", "/home/o'neill/promo", r"C:\O'Neill\new", 'a "quoted" folder', "tab\there",
     "line\nbreak", "bell\x07", "delete\x7f", "'''", "ends\\", "日本 🎉", "\u2028"],
)  # fmt: skip
def test_odd_paths_come_back(folder: str, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "addin.toml"
    written = Configuration(workspace=Path(folder), client="demo", language="fr")
    write_configuration(path, written)
    assert read_configuration(named(path)) == written


@given(folder=TEXT, client=TEXT)
def test_any_path_comes_back(folder: str, client: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.toml"
    written = Configuration(workspace=Path(folder), client=client)
    write_configuration(path, written)
    assert read_configuration(named(path)) == written


def test_a_path_of_windows_stays_readable(tmp_path: Path) -> None:
    write_configuration(tmp_path / "addin.toml", Configuration(workspace=Path(r"C:\Promo plans")))
    assert r"workspace = 'C:\Promo plans'" in (tmp_path / "addin.toml").read_text(encoding="utf-8").splitlines()


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "addin.toml"
    write_configuration(path, Configuration(workspace=Path("file"), client="of-file", language="de"))
    found = read_configuration(named(path, PROMO_WORKSPACE="environment"))
    assert found == Configuration(workspace=Path("environment"), client="of-file", language="de")
    assert read_configuration(named(path, PROMO_CLIENT="other", PROMO_WORKSPACE="")).client == "other"
    assert read_configuration(named(path, PROMO_CLIENT="")) == read_configuration(named(path))


def test_without_a_file_the_workspace_is_the_current_folder(tmp_path: Path) -> None:
    assert read_configuration(named(tmp_path / "none.toml")) == Configuration()
    assert configuration_file({}).name == "addin.toml"
    assert configuration_file(named(tmp_path / "x.toml")) == tmp_path / "x.toml"


def test_a_file_that_notepad_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "addin.toml"
    path.write_text("client = 'demo'\r\n", encoding="utf-8-sig", newline="")
    assert read_configuration(named(path)).client == "demo"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"clint = 'demo'", "unknown setting 'clint'. Did you mean 'client'?"),
        (b"language = 'es'", "setting 'language' cannot be 'es'"),
        (b"workspace = ", "addin.toml is not a configuration of the add-in that can be read"),
        (b"client = '\xff'", "addin.toml is not "),
    ],
)
def test_a_broken_file_says_what_is_wrong(content: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "addin.toml"
    path.write_bytes(content)
    with pytest.raises(BadSettings, match=r"addin\.toml") as refused:
        read_configuration(named(path))
    assert told in str(refused.value)
    with pytest.raises(BadSettings):
        read_configuration(named(tmp_path))


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputRefused):
        write_configuration(tmp_path / "file" / "addin.toml", Configuration())
