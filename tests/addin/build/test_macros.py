"""The macros as text: the wrappers are those that xlwings writes, and all of it is VBA that Office takes."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace

import pytest

from addin import catalog
from addin.build import vba_functions, vba_words
from addin.build.package import macros
from addin.build.vba_text import ALPHABET, LONGEST_LINE, MOST_CONTINUATIONS
from addin.words import function_words
from tests.addin.build.reading_back import bare
from tests.addin.windows_stub import windows

# What VBA keeps for itself: no argument may be called so.
KEPT = set(
    """addressof alias and as boolean byref byte byval call case circle const currency date debug decimal declare default
    defbool dim do double each else elseif empty end enum eqv erase error event exit false for friend function get global
    gosub goto if imp implements in input integer is let lib like line load local lock long loop lset me mod new next not
    nothing null object on open option optional or paramarray preserve print private property pset public put raiseevent
    redim rem resume return rset scale seek select set shared single spc static step stop string sub tab then time to true
    type unload until variant wend while width with withevents write xor""".split()  # noqa: SIM905 - easier to read
)
CELL = re.compile(r"[A-Z]{1,3}[0-9]{1,7}", re.IGNORECASE)
MODULES = sorted(macros())


def statements(code):
    """Yield each statement as the list of lines it is continued over."""
    lines = []
    for line in code.split("\r\n"):
        lines.append(line)
        if not line.endswith(" _"):
            yield lines
            lines = []


@pytest.fixture(scope="module")
def written_by_xlwings():
    """What xlwings itself writes for the module it serves, on Windows."""
    text = io.StringIO()
    with windows() as udfs:
        from addin.hosts import excel

        udfs.generate_vba_wrapper(vba_functions.SERVED_BY, excel, text, SimpleNamespace(Name="promo.xlam"))
    return text.getvalue()


def test_the_wrappers_are_those_that_xlwings_writes(written_by_xlwings):
    assert vba_functions.wrappers() == written_by_xlwings


def test_the_module_adds_only_what_xlwings_puts_over_them(written_by_xlwings):
    head, _, rest = bare(macros()["xlwings_udfs"]).partition("\n")
    assert head == '#Const App = "Microsoft Excel"'
    assert rest == bare(written_by_xlwings)


def test_every_function_has_its_help_where_excel_looks_for_it():
    told = dict(re.findall(r'Attribute (\w+)\.VB_Description = "(.*)"\r\n', macros()["xlwings_udfs"]))
    assert told == {name: one.help.replace('"', '""') for name, one in catalog.functions().items()}


@pytest.mark.parametrize("name", MODULES)
def test_no_line_is_longer_than_the_editor_takes(name):
    assert [line for line in macros()[name].split("\r\n") if len(line) > LONGEST_LINE] == []
    assert max(len(lines) for lines in statements(macros()[name])) <= MOST_CONTINUATIONS + 1


@pytest.mark.parametrize("name", MODULES)
def test_every_sign_is_in_the_code_page_of_the_macros(name):
    macros()[name].encode(ALPHABET)


@pytest.mark.parametrize("name", MODULES)
def test_blocks_are_closed_and_texts_end_on_their_line(name):
    code = macros()[name]
    opened = re.findall(r"^(?:Public |Private )?(Sub|Function) ", code, re.MULTILINE)
    closed = re.findall(r"^End (Sub|Function)", code, re.MULTILINE)
    assert opened == closed
    assert [line for line in code.split("\r\n") if not line.startswith("'") and line.count('"') % 2] == []


def test_no_name_of_a_procedure_is_given_twice():
    named = [name.lower() for code in macros().values() for name in re.findall(r"^(?:Public |Private )?(?:Sub|Function) (\w+)", code, re.MULTILINE)]
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("name", catalog.functions())
def test_a_function_can_be_called_so_in_excel(name):
    assert re.fullmatch(r"[A-Z][A-Z_]{2,}", name)
    assert not CELL.fullmatch(name)
    arguments = [one.name.lower() for one in catalog.functions()[name].arguments]
    assert set(arguments) & KEPT == set()
    assert vba_functions.wrapper(catalog.functions()[name]).count("Optional ") == sum(
        one.optional for one in catalog.functions()[name].arguments
    )


def test_what_may_be_left_out_stands_last():
    for function in catalog.functions().values():
        kinds = [one.optional for one in function.arguments]
        assert kinds == sorted(kinds), function.name


@pytest.mark.parametrize("name", catalog.functions())
def test_the_wizard_is_told_of_a_function_and_of_each_argument(name):
    code = macros()[vba_words.MODULE]
    body = re.search(rf"Private Sub Describe{name}\(\)\r\n(.*?)End Sub", code, re.DOTALL)
    assert body is not None
    told = re.findall(r'Spoken\("((?:[^"]|"")*)", "((?:[^"]|"")*)", "((?:[^"]|"")*)"\)', body[1])
    for at, language in enumerate(("en", "de", "fr")):
        words = function_words(catalog.functions()[name], language)
        assert [one[at].replace('""', '"') for one in told] == [words.help, *words.arguments.values()]


def test_the_helpers_of_the_ribbon_are_not_offered_as_worksheet_functions():
    assert "\r\nOption Private Module\r\n" in macros()[vba_words.MODULE]
