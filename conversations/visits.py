"""What a request tells of a visitor: browser, system, device, language, time zone and place."""

from __future__ import annotations

import functools
import ipaddress
import zoneinfo
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import maxminddb
import ua_parser
from django.conf import settings
from django.http import HttpRequest

from conversations.forms import Told, plain


@dataclass(frozen=True, slots=True)
class Visit:
    """The columns of a Visitor that one request can fill; an empty one is not known."""

    language: str = ""
    time_zone: str = ""
    place: str = ""
    place_source: str = ""
    browser: str = ""
    system: str = ""
    device: str = ""
    referrer: str = ""
    page_url: str = ""
    page_title: str = ""

    def known(self) -> dict[str, str]:
        """What it knows, by column."""
        return {column: value for column, value in asdict(self).items() if value}


def read(request: HttpRequest, told: Told) -> Visit:
    """What this request, and the page that sent it, tell."""
    browser, system, device = _agent(request.headers.get("User-Agent", "")[:500])
    time_zone = told.time_zone if told.time_zone in _zones() else ""
    place, source = _place(request, time_zone)
    return Visit(
        language=told.language or _preferred(request.headers.get("Accept-Language", "")),
        time_zone=time_zone,
        place=place[:120],
        place_source=source,
        browser=browser[:60],
        system=system[:60],
        device=device[:60],
        referrer=told.referrer,
        page_url=told.page_url,
        page_title=told.page_title,
    )


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _preferred(accepted: str) -> str:
    return plain(accepted.split(",")[0].split(";")[0]).strip()[:20]


def _agent(header: str) -> tuple[str, str, str]:
    """Browser with its major version, system with its version, and what kind of thing it runs on."""
    if not header:
        return "", "", ""
    agent = ua_parser.parse(header).with_defaults()
    browser = _named(agent.user_agent.family, agent.user_agent.major)
    system = _named(agent.os.family, agent.os.major)
    if "iPad" in header or "Tablet" in header or ("Android" in header and "Mobile" not in header):
        return browser, system, "Tablet"
    if agent.os.family in ("iOS", "Android") or "Mobile" in header:
        return browser, system, "Phone"
    return browser, system, "Computer" if system else ""


def _named(family: str, version: str | None) -> str:
    return "" if family == "Other" else f"{family} {version}" if version else family


def _place(request: HttpRequest, time_zone: str) -> tuple[str, str]:
    """The best place known, and how it is known: a trusted proxy, a GeoIP file, or the time zone alone."""
    by_proxy = _joined(_header(request, settings.GEO_CITY_HEADER), _header(request, settings.GEO_COUNTRY_HEADER))
    if by_proxy:
        return by_proxy, "proxy"
    if settings.GEOIP_PATH and (by_address := _located(address_of(request))):
        return by_address, "GeoIP"
    area, _, city = time_zone.rpartition("/")
    if city and area.partition("/")[0] not in ("", "Etc", "SystemV", "US"):
        return city.replace("_", " "), "time zone"
    return "", ""


def address_of(request: HttpRequest) -> str:
    """The browser's address as a trusted proxy or the connection tells it; empty where it is not known.

    The last address of a list is the one that our own proxy has seen; those before it are anybody's word.
    """
    header = settings.CLIENT_ADDRESS_HEADER
    told = request.headers.get(header, "").rpartition(",")[2] if header else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(told.strip()))
    except ValueError:
        return ""


def neighbourhood(request: HttpRequest) -> str:
    """The addresses that are counted as one: an IPv4 address, or the /64 that an IPv6 customer has for themselves."""
    address = address_of(request)
    return str(ipaddress.ip_network((address, 64), strict=False)) if ":" in address else address


def _header(request: HttpRequest, name: str) -> str:
    return request.headers.get(name, "").strip()[:60] if name else ""


def _joined(city: str, country: str) -> str:
    return ", ".join(part for part in (city, country) if part)


@functools.cache
def _reader(path: str) -> maxminddb.Reader:
    return maxminddb.open_database(path)


def _located(address: str) -> str:
    try:
        found: Any = _reader(settings.GEOIP_PATH).get(address)
    except ValueError:  # not an address: a socket's peer without one
        return ""
    return _joined(_english(found, "city"), _english(found, "country")) if isinstance(found, Mapping) else ""


def _english(found: Mapping[str, Any], key: str) -> str:
    names: Any = found.get(key, {}).get("names", {})
    return str(names.get("en", ""))
