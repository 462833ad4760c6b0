"""The pages on delivery, returns, care, paying and the shop itself; articles link to their anchors."""

from __future__ import annotations

from vivollo.demo.shapes import Page, Section

TEXTS: tuple[Page, ...] = (
    Page(
        slug="delivery",
        title="Delivery",
        lead="From our courtyard to your door: what it costs, how long it takes and how to follow it.",
        kind="text",
        sections=(
            Section(
                "times",
                "How long it takes",
                (
                    "What is in stock leaves us within two working days. After that, parcels take 2-3 working days within Türkiye, 4-6 to the European Union, and "
                    "5-8 to the United Kingdom, Norway and Switzerland. Express is two working days to most cities in the European Union.",
                ),
            ),
            Section(
                "costs",
                "What it costs",
                (
                    "European Union €9, free from €120. United Kingdom, Norway and Switzerland €15, free from €200. Türkiye ₺120, free from ₺2,000. Express to the "
                    "European Union €25.",
                ),
            ),
            Section(
                "tracking",
                "Follow your parcel",
                (
                    "The e-mail with the subject “Your parcel is on its way” has the tracking link. It begins to show movement in the evening of the day on which the "
                    "parcel leaves us.",
                ),
            ),
            Section(
                "customs",
                "Customs",
                (
                    "Prices for the European Union include all duties and taxes: nothing is due at the door. In the United Kingdom, Norway and Switzerland the carrier may ask for import "
                    "tax before it delivers.",
                ),
            ),
            Section(
                "changes",
                "Change or cancel",
                (
                    "Address and contents can be changed, and an order cancelled, until it is packed: usually the next working morning. The link is in the confirmation e-mail.",
                ),
            ),
            Section(
                "gifts",
                "Gifts",
                (
                    "We wrap in plain cotton paper with a linen ribbon for €4 and add a handwritten note. No price is in the parcel.",
                ),
            ),
        ),
    ),
    Page(
        slug="returns",
        title="Returns and repairs",
        lead="Thirty days to change your mind, three years of warranty, and spare parts for ten.",
        kind="text",
        sections=(
            Section(
                "thirty-days",
                "Thirty days",
                (
                    "Send back anything unused within thirty days. Register the return on the order page and print the label; we take €6 from the refund for it within the European "
                    "Union. Shades sewn to order come back only when they are faulty, towels only in their closed band.",
                ),
            ),
            Section(
                "refunds",
                "Your money",
                (
                    "We refund to the card or account that paid, within five working days after the parcel is back with us. Banks take another two to three days.",
                ),
            ),
            Section(
                "damaged",
                "It arrived damaged",
                (
                    "Send a photograph of the damage and of the box within fourteen days, and keep the box. We send the broken part again free of charge, or take the whole piece back, as you "
                    "prefer.",
                ),
            ),
            Section(
                "warranty",
                "Warranty",
                (
                    "Three years on everything with a cable, two years on seams and zips. Brass that darkens and linen that softens are as they should be.",
                ),
            ),
            Section(
                "parts",
                "Spare parts",
                (
                    "Shades, switches, cables, glass cups and feet are sold one by one, for at least ten years after a lamp has left the range.",
                ),
            ),
        ),
    ),
    Page(
        slug="care",
        title="Care",
        lead="How to wash, wipe and oil what we make, so that it lasts.",
        kind="text",
        sections=(
            Section(
                "linen",
                "Linen",
                (
                    "Wash at 40 degrees with similar colours, without softener or bleach. Dry on the line. Expect up to three per cent of shrinkage at the first wash.",
                ),
            ),
            Section(
                "towels",
                "Towels",
                (
                    "Wash at 60 degrees. Softener closes the cotton and makes the towels drink less; a cup of vinegar does the opposite.",
                ),
            ),
            Section(
                "shades",
                "Lamp shades",
                (
                    "Use a soft brush or the vacuum cleaner with its brush, never water. For a stain, a dry eraser often helps.",
                ),
            ),
            Section(
                "wood-and-brass",
                "Wood and brass",
                (
                    "Oil the ash foot once a year with linseed oil. Leave brass to age, or polish it with lemon juice and salt.",
                ),
            ),
        ),
    ),
    Page(
        slug="paying",
        title="Paying and accounts",
        lead="Cards, bank transfer, invoices, vouchers, and what we keep about you.",
        kind="text",
        sections=(
            Section(
                "methods",
                "Ways to pay",
                (
                    "Visa, Mastercard, PayPal and bank transfer. Turkish cards may pay in up to six instalments without interest.",
                ),
            ),
            Section(
                "invoice",
                "Invoices",
                (
                    "The invoice comes as a PDF with the confirmation. Companies enter their VAT number at the checkout.",
                ),
            ),
            Section(
                "vouchers",
                "Vouchers and codes",
                ("One code an order. Vouchers are valid for three years and can be used in parts.",),
            ),
            Section(
                "account",
                "Your account",
                (
                    "You can order as a guest. An account keeps your addresses and orders, and you can delete it at any time.",
                ),
            ),
        ),
    ),
    Page(
        slug="about",
        title="About us",
        lead="Eleven people, two looms, one lathe and a courtyard with a mulberry tree.",
        kind="text",
        sections=(
            Section(
                "story",
                "Why Lodos",
                (
                    "Lodos is the warm wind from the south-west that rattles Izmir's shutters. Nermin Aksoy began in 2009 with one lathe and her grandmother's loom; her daughter Defne "
                    "draws the lamps today.",
                ),
            ),
            Section(
                "workshop",
                "Visit the workshop",
                (
                    "Kemeraltı, 871 Street 14, Konak, Izmir. Open Tuesday to Saturday, 10:00 to 18:00. Ring the bell twice.",
                ),
            ),
            Section(
                "trade",
                "For shops and hotels",
                ("From ten pieces of one kind we make an offer within two working days.",),
            ),
            Section(
                "materials",
                "Where things come from",
                ("Ash from Bolu, flax from Normandy woven in Izmir, cotton from the Aegean plain, glass from Beykoz.",),
            ),
        ),
    ),
)
