"""What a request tells of its visitor."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from conversations import visits
from conversations.forms import read_told

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.2 Mobile/15E148 Safari/604.1"
TABLET = (
    "Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


def visit(headers: dict[str, str] | None = None, **told):
    return visits.read(RequestFactory().post("/chat/shop/open", headers=headers or {}), read_told(told))


@pytest.mark.parametrize(
    ("agent", "seen"),
    [
        (PHONE, ("Mobile Safari 17", "iOS 17", "Phone")),
        (TABLET, ("Chrome 131", "Android 14", "Tablet")),
        (DESK, ("Chrome 131", "Windows 10", "Computer")),
        ("curl/8", ("curl 8", "", "")),
        ("", ("", "", "")),
    ],
)
def test_browser_system_and_device(agent, seen):
    found = visit({"User-Agent": agent})
    assert (found.browser, found.system, found.device) == seen


@pytest.mark.parametrize(
    ("zone", "place"),
    [
        ("Europe/Istanbul", ("Istanbul", "time zone")),
        ("America/Argentina/Buenos_Aires", ("Buenos Aires", "time zone")),
        ("UTC", ("", "")),
        ("Etc/GMT+3", ("", "")),
        ("Atlantis/Somewhere", ("", "")),
    ],
)
def test_the_place_is_the_time_zones_city(zone, place):
    found = visit(time_zone=zone)
    assert (found.place, found.place_source) == place


def test_a_trusted_proxy_knows_the_place_better(settings):
    settings.GEO_CITY_HEADER, settings.GEO_COUNTRY_HEADER = "X-City", "X-Country"
    found = visit({"X-City": "Izmir", "X-Country": "Turkey"}, time_zone="Europe/Istanbul")
    assert (found.place, found.place_source) == ("Izmir, Turkey", "proxy")


def test_a_header_that_nobody_vouches_for_says_nothing():
    assert visit({"X-City": "Izmir"}).place == ""


def test_the_language_is_the_pages_report_else_the_request_s():
    assert visit({"Accept-Language": "tr-TR,tr;q=0.9"}).language == "tr-TR"
    assert visit({"Accept-Language": "tr-TR"}, language="de").language == "de"
