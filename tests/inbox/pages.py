"""Reading what a page says, as its reader would."""

import re


def text_of(html: str) -> str:
    """The words alone."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).strip()


def part(html: str, name: str) -> str:
    """What stands in the element with this id, as words."""
    found = re.search(rf'<(\w+)[^>]* id="{name}"[^>]*>(.*?)</\1>', html, re.DOTALL)
    assert found, f"no {name}"
    return text_of(found[2])


def item(html: str, seq: int) -> str:
    """The entry of the thread with this seq, as it stands in the page."""
    return re.split(r'<li class="item|</ol>', html.split(f'id="entry-{seq}"')[1])[0]
