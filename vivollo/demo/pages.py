"""Every page of the shop by its slug, and the words on the front page."""

from __future__ import annotations

from vivollo.demo.products import PRODUCTS
from vivollo.demo.service_pages import TEXTS
from vivollo.demo.shapes import Page, Section

HOME = Page(
    slug="",
    title="Lamps and linen, made in Izmir",
    lead="We turn, weave and sew in one courtyard behind the old market, in small batches, and send what we make across Europe.",
    kind="home",
    sections=(
        Section(
            "this-week",
            "From the bench this week",
            (
                "The new batch of Imbat lamps came off the lathe on Tuesday: ash from the Bolu hills, oiled twice and left to dry in the "
                "courtyard. The linen shades are cut on Thursday, so lamps ordered today leave us on Friday.",
            ),
        ),
        Section(
            "how-we-work",
            "Small batches, long lives",
            (
                "Eleven of us work here. Everything with a cable can be opened with one screwdriver, and we keep every spare part for at "
                "least ten years. If something of ours breaks, we would rather mend it than sell you another.",
            ),
        ),
        Section(
            "try-the-chat",
            "Try the chat",
            (
                "This shop is made up, but its chat is real. Ask for a refund of 640 TL, and a person has to look at it first; ask for one of "
                "320 TL, and you are told how it works. Ask how long delivery takes, or simply say that you want to talk to a human.",
            ),
        ),
    ),
)

PAGES: dict[str, Page] = {page.slug: page for page in (HOME, *PRODUCTS, *TEXTS)}
