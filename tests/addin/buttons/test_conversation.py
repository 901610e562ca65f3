"""Talking with the person: what is shown, what is asked where nobody can answer, and when the work ends."""

from __future__ import annotations

import pytest

from addin.conversation import Heard, InTheHost, Stopped
from addin.hosts.escape_key import watch_for_escape
from addin.press import press
from tests.addin.buttons.conftest import Person


def test_counted_progress_is_shown_with_the_time_left():
    person, clock = Person(), iter([0.0, 10.0, 15.0, 30.0])
    say = Heard(person, lambda: next(clock))
    say("Loading the model")
    say("Scored 1,000 of 5,000 promotions")
    say("Scored 5,000 of 5,000 promotions")
    assert person.seen == [
        "Loading the model …",
        "Scored 1,000 of 5,000 promotions, 00:20 left",
        "Scored 5,000 of 5,000 promotions, 00:00 left",
    ]


def test_the_work_ends_where_the_person_asked_to_stop():
    say = Heard(Person(stop_after=1))
    say("Reading the plan")
    with pytest.raises(Stopped):
        say("Loading the model")


def test_a_host_without_a_window_answers_no_and_hears_what_is_told(plan_book, served):
    assert press("reload", plan_book, served_by=served).done
    refused = press("commit", plan_book, served_by=served)
    assert (refused.done, refused.words) == (False, "Nothing was committed.")


def test_the_host_says_when_it_is_to_stop(app):
    assert InTheHost(app, lambda: True).stopped()
    assert not InTheHost(app).stopped()


def test_escape_is_not_pressed_where_it_cannot_be_read():
    assert watch_for_escape()() is False
