"""Client files: every mistake is answered with the setting, the value and the nearest known name."""

from datetime import date

import pytest

from scorer.client_file import starting_client_file
from scorer.errors import BadSettings, ClientNotFound
from scorer.settings import Client, choose_client, parse_client, read_client
from tests.test_orange_juice import CLIENT_FILE


def write(folder, text, name="acme"):
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_is_a_client(tmp_path):
    assert read_client(write(tmp_path, "")) == Client(client="acme")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("curency = 'EUR'", "unknown setting 'curency'. Did you mean 'currency'?"),
        ("[baseline]\nobservation = 4", "unknown setting 'baseline.observation'. Did you mean 'observations'?"),
        ("[exports.sales]\nfile = ['a.csv']", "unknown setting 'exports.sales.file'. Did you mean 'files'?"),
        ("[baseline]\nobservations = 0", "setting 'baseline.observations' cannot be 0"),
        ("[baseline]\nobservations = 2\nminimum = 3", "baseline.minimum is larger than baseline.observations"),
        ("[money]\nfunding_share = 1.5", "setting 'money.funding_share' cannot be 1.5"),
        ("[matching]\nkeys = ['shelf']", "setting 'matching.keys.0' cannot be 'shelf'"),
        ("[matching]\nevent = ['promotion']", "setting 'matching.event.0' cannot be 'promotion'"),
        ("[calendar]\nholiday_months = [12, 13]", "setting 'calendar.holiday_months.1' cannot be 13"),
        ("[verdict]\nduration_steps = [0]", "setting 'verdict.duration_steps.0' cannot be 0"),
        ("[sales]\ngrain = 'month'", "setting 'sales.grain' cannot be 'month'"),
        ("[exports.sales]\nfiles = 'a.csv'", "setting 'exports.sales.files' cannot be 'a.csv': it must be a list, in brackets"),
        ("currency = 'euro'", "setting 'currency' cannot be 'euro'"),
        ("client = 'other'", "it must be the file's own name, 'acme'"),
        ("money = [", "is not a client file that can be read"),
    ],
)
def test_a_mistake_is_named(tmp_path, text, words):
    with pytest.raises(BadSettings) as told:
        read_client(write(tmp_path, text))
    assert words in str(told.value)
    assert "acme.toml" in str(told.value)
    assert told.value.exit_code == 2


@pytest.mark.parametrize("name", ["../evil", "a b", "", "-x", "a" * 65])
def test_a_name_that_could_leave_its_folder_is_no_client(name):
    with pytest.raises(BadSettings):
        parse_client({"client": name})


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(ValueError, match="frozen"):
        Client(client="acme").baseline.minimum = 1


def test_the_only_client_need_not_be_named(tmp_path):
    write(tmp_path, "", "acme")
    assert choose_client(tmp_path, None).client == "acme"
    write(tmp_path, "", "other")
    with pytest.raises(ClientNotFound, match=r"acme, other.*--client"):
        choose_client(tmp_path, None)
    with pytest.raises(ClientNotFound, match="Did you mean 'acme'"):
        choose_client(tmp_path, "acne")


def test_the_file_to_start_from_is_valid(tmp_path):
    found = read_client(write(tmp_path, starting_client_file("acme")))
    assert found.client == "acme"


def test_a_real_client_file_is_valid():
    found = read_client(CLIENT_FILE)
    assert (found.matching.keys, found.sales.grain, found.training.test_from) == (("store", "product"), "week", date(1991, 10, 1))
