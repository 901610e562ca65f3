"""Sheets on paper: the chosen ones and no others, whole, with the workbook as it was."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import workbook_contents as contents
from workbook_office import Office

from scorer.errors import FileUnreadable, InputRefused, OutputRefused
from scorer.workbook import pdf, write_workbook
from scorer.workbook.pdf import LibreOffice, find_libreoffice, sheets_of, with_only, write_pdf


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "plan.xlsx"
    write_workbook(path, contents.content(60))
    return path


class Paper:
    """A printer that keeps the workbook it was given."""

    def __init__(self) -> None:
        self.shown: dict[str, bool] = {}

    def pdf(self, workbook: Path, folder: Path) -> Path:
        self.shown = sheets_of(workbook)
        made = folder / "made.pdf"
        made.write_bytes(b"%PDF-1.7")
        return made


def quiet(_: str) -> None:
    pass


def pages(path: Path) -> list[str]:
    """The text of each page."""
    if shutil.which("pdftotext") is None:
        if os.environ.get("CI", "").lower() == "true":
            pytest.fail("pdftotext (package poppler-utils) is not installed")
        pytest.skip("pdftotext is not installed: nobody can read the pages")
    said = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout
    return said.split("\f")[:-1]


def test_only_the_chosen_sheets_can_be_seen_in_what_is_printed(book, tmp_path):
    paper, said = Paper(), []
    chosen = write_pdf(book, tmp_path / "roi.pdf", ("what-if", "ROI"), paper, said.append)
    assert chosen == ("ROI", "What-if")  # in the order of the workbook, however they are spelled
    assert {name for name, is_visible in paper.shown.items() if is_visible} == {"ROI", "What-if"}
    assert list(paper.shown) == list(sheets_of(book)) and said[0] == "Drawing ROI, What-if"
    assert (tmp_path / "roi.pdf").read_bytes() == b"%PDF-1.7"


def test_without_names_all_visible_sheets_are_printed_and_hidden_ones_are_not(book, tmp_path):
    hidden = tmp_path / "hidden.xlsx"
    hidden.write_bytes(with_only(book, ("ROI", "Model")))
    assert write_pdf(hidden, tmp_path / "all.pdf", (), Paper(), quiet) == ("ROI", "Model")
    assert write_pdf(hidden, tmp_path / "one.pdf", ("Checks",), Paper(), quiet) == ("Checks",)  # asked for, so shown


def test_nothing_but_the_list_of_sheets_changes_in_the_copy(book, tmp_path):
    before = book.read_bytes()
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(with_only(book, ("ROI",)))
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(copy) as new:
        assert old.namelist() == new.namelist()
        assert [name for name in old.namelist() if old.read(name) != new.read(name)] == ["xl/workbook.xml"]
    assert book.read_bytes() == before
    assert openpyxl.load_workbook(copy).active.title == "ROI"


def test_what_cannot_be_printed_is_said_in_words(book, tmp_path):
    with pytest.raises(InputRefused, match=r"no sheet 'RIO'\. Did you mean 'ROI'"):
        write_pdf(book, tmp_path / "x.pdf", ("RIO",), Paper(), quiet)
    with pytest.raises(OutputRefused, match=r"Use \.pdf"):
        write_pdf(book, tmp_path / "x.xlsx", (), Paper(), quiet)
    with pytest.raises(FileUnreadable, match="there is no such file"):
        write_pdf(tmp_path / "absent.xlsx", tmp_path / "x.pdf", (), Paper(), quiet)
    (tmp_path / "list.csv").write_text("a,b", encoding="utf-8")
    (tmp_path / "broken.xlsx").write_text("a,b", encoding="utf-8")
    for name in ("list.csv", "broken.xlsx"):
        with pytest.raises(FileUnreadable, match="no Excel workbook"):
            write_pdf(tmp_path / name, tmp_path / "x.pdf", (), Paper(), quiet)
    assert not (tmp_path / "x.pdf").exists()


def test_a_missing_libreoffice_is_named_with_what_to_install(book, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(pdf, "USUAL_PLACES", ("{ProgramFiles}/LibreOffice/program/soffice.exe", str(tmp_path / "soffice")))
    monkeypatch.delenv("ProgramFiles", raising=False)
    with pytest.raises(OutputRefused, match=r"LibreOffice, which draws the pages, was not found\. Install it"):
        write_pdf(book, tmp_path / "x.pdf", (), None, quiet)
    monkeypatch.setenv("ProgramFiles", str(tmp_path))
    program = tmp_path / "LibreOffice" / "program" / "soffice.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    assert find_libreoffice() == program


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for LibreOffice")
def test_a_program_that_hangs_is_ended_with_its_children_and_nobody_else(book, tmp_path):
    bystander = subprocess.Popen(["sleep", "60"])
    child = tmp_path / "child"
    slow = script(tmp_path / "slow", f"sleep 60 & echo $! > {child}; wait")
    began = time.monotonic()
    with pytest.raises(OutputRefused, match="not finished after 1 seconds"):
        write_pdf(book, tmp_path / "x.pdf", (), LibreOffice(slow, 1), quiet)
    assert time.monotonic() - began < 20
    time.sleep(0.2)
    assert state_of(int(child.read_text())) in ("", "Z")
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def state_of(process: int) -> str:
    """The state of a process as the system tells it; empty where there is none any more."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands for LibreOffice")
def test_a_program_that_draws_nothing_or_does_not_start_is_told(book, tmp_path):
    with pytest.raises(OutputRefused, match="without drawing a page"):
        write_pdf(book, tmp_path / "x.pdf", (), LibreOffice(script(tmp_path / "mute", "exit 1")), quiet)
    with pytest.raises(OutputRefused, match="does not start"):
        write_pdf(book, tmp_path / "x.pdf", (), LibreOffice(tmp_path / "absent"), quiet)


# ---------------------------------------------------------------------------------------------- on paper
@pytest.fixture(scope="module")
def printed(book, tmp_path_factory, office: Office) -> Path:
    """ROI, What-if and Model; a lock file lies beside the workbook as if someone had it open."""
    del office  # without LibreOffice there is nothing to look at
    (book.parent / f".~lock.{book.name}#").write_text(",someone,else,;", encoding="utf-8")
    out = tmp_path_factory.mktemp("paper") / "sheets.pdf"
    write_pdf(book, out, ("ROI", "What-if", "Model"), None, quiet)
    return out


def test_the_pages_are_those_of_the_chosen_sheets(printed):
    found = pages(printed)
    sheets = [page.strip().splitlines()[0].split()[-1] for page in found]
    assert list(dict.fromkeys(sheets)) == ["ROI", "What-if", "Model"]
    numbers = [page.rstrip().splitlines()[-1].split("  ")[-1].replace(" ", "") for page in found]
    assert numbers == [f"{at}/{len(found)}" for at in range(1, len(found) + 1)]


def test_every_promotion_stands_on_paper_and_the_heads_on_every_page(printed):
    found = [page for page in pages(printed) if page.strip().splitlines()[0].split()[-1] == "ROI"]
    for name in contents.content(60).scored["promotion_id"]:
        assert sum(name in page for page in found) == 1, name
    assert len(found) >= 1 and all("Break-even" in page and "Headroom" in page for page in found)


def test_formulas_across_hidden_sheets_still_come_to_their_figures(book, printed, tmp_path):
    words = "".join(pages(printed))
    assert "#REF!" not in words and "Err:" not in words and "#NAME?" not in words
    edited = tmp_path / "edited.xlsx"
    copy = openpyxl.load_workbook(book)  # writes formulas without the values they come to
    copy["What-if"]["C5"] = "U0007"
    copy.save(edited)
    write_pdf(edited, tmp_path / "x.pdf", ("What-if",), None, quiet)
    page = "".join(pages(tmp_path / "x.pdf"))
    assert "U0007" in page and ("earns most" in page or "No discount on the ladder" in page)


def test_the_pages_are_not_empty(printed, tmp_path):
    if shutil.which("pdftoppm") is None:
        pytest.skip("pdftoppm is not installed: nobody can look at the pages")
    subprocess.run(["pdftoppm", "-r", "30", "-gray", str(printed), str(tmp_path / "page")], check=True)
    for picture in sorted(tmp_path.glob("page*.pgm")):
        ink = sum(byte < 200 for byte in picture.read_bytes()[20:])
        assert ink > 300, picture.name


def test_the_verb_and_the_command_print_beside_the_workbook(book, office: Office, tmp_path, monkeypatch):
    del office
    from tests.promo_command import promo

    mine = Path(shutil.copy(book, tmp_path / "mine.xlsx"))
    ended = promo(tmp_path, "pdf", str(mine), "--sheets", "Audit", "--json")
    assert ended.code == 0 and '"Audit"' in ended.out and len(pages(tmp_path / "mine.pdf")) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.pdf", "mine.xlsx"]
    told: Any = promo(tmp_path, "pdf", str(mine), "--sheets", "Audiit")
    assert told.code == 3 and "Did you mean 'Audit'" in told.err
