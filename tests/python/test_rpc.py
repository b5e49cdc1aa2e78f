"""locust.rpc: what travels in place of what cannot."""

from datetime import datetime

import pytest

from locust.rpc import Message, decode, encode

WHEN = datetime(2026, 11, 22, 20, 45, 42, 123456)
WIRE = {"__datetime__": True, "as_str": "20261122T20:45:42.123456"}


def test_times_travel_as_locust_sends_them():
    assert encode(WHEN) == WIRE
    assert decode(WIRE) == WHEN


def test_what_has_no_form_stays_as_it_is():
    thing = object()
    assert encode(thing) is thing


@pytest.mark.parametrize("other", [{}, {"a": 1}, {"__datetime__": True}, {"__ObjectId__": 1},
                                   {"__datetime__": True, "as_str": "yesterday"}])
def test_dicts_that_stand_for_nothing_stay_as_they_are(other):
    assert decode(other) is other


def test_a_message_shows_its_type_and_node():
    assert repr(Message("greet", None, "w1")) == "<Message greet:w1>"
