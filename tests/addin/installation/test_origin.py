"""A second environment gets the copy that runs here, from wherever that came."""

from __future__ import annotations

import json
from importlib.metadata import version

import pytest

from addin.installation.origin import origin, origin_of, pins
from scorer import __version__
from scorer.errors import FileUnreadable
from tests.promo_command import ROOT


def test_the_running_copy_is_this_folder():
    found = origin()
    assert found.requirement == f"promo-planner[addin] @ {ROOT.as_uri()}" or found == origin_of(__version__, None)


def test_a_folder_is_copied_anew_each_time(tmp_path):
    place = tmp_path / "jo's söurce"
    place.mkdir()
    recorded = json.dumps({"url": place.as_uri(), "dir_info": {"editable": True}})
    found = origin_of("1.0", recorded)
    assert (found.requirement, found.is_fixed) == (f"promo-planner[addin] @ {place.as_uri()}", False)
    assert str(place) in found.words


def test_a_version_of_the_index_is_fixed():
    assert origin_of("1.0", None).is_fixed


def test_a_wheel_that_is_gone_is_said(tmp_path):
    wheel = tmp_path / "promo.whl"
    recorded = json.dumps({"url": wheel.as_uri(), "archive_info": {}})
    with pytest.raises(FileUnreadable, match="gone"):
        origin_of("1.0", recorded)
    wheel.touch()
    assert origin_of("1.0", recorded).words == f"the file {wheel}"


def test_the_packages_of_here_are_pinned_and_ours_is_not():
    found = pins()
    assert f"numpy=={version('numpy')}" in found
    assert not any(pin.startswith("promo-planner") for pin in found)
