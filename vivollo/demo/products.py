"""The pages of the things that the shop makes."""

from __future__ import annotations

from vivollo.demo.shapes import Page, Section

PRODUCTS: tuple[Page, ...] = (
    Page(
        slug="imbat-table-lamp",
        title="Imbat table lamp",
        lead="A turned ash foot and a soft linen shade, named after the sea breeze that reaches Izmir every afternoon.",
        kind="product",
        price="€129",
        image="imbat.svg",
        facts=(
            ("Height", "42 cm with shade"),
            ("Foot", "oiled ash, 14 cm"),
            ("Shade", "washed linen in sand, clay or deep green"),
            ("Bulb", "E27, up to 40 W, a warm LED bulb is included"),
            ("Cable", "1.8 m textile cable with a hand switch"),
        ),
        sections=(
            Section(
                "light",
                "A quiet light",
                (
                    "The shade lets about half of the light through, enough to read beside and gentle enough to leave on in the evening. The "
                    "hand switch does not dim; with a dimmable bulb you can use a plug-in dimmer.",
                ),
            ),
            Section(
                "shade",
                "Choose the shade",
                (
                    "Sand, clay and deep green are in stock. We also sew the shade in any linen from our sample card, which takes ten working days "
                    "and cannot be returned unless it is faulty.",
                ),
            ),
        ),
    ),
    Page(
        slug="kordon-floor-lamp",
        title="Kordon floor lamp",
        lead="A slim steel stem on a foot of Marmara marble, for the corner where the sofa ends.",
        kind="product",
        price="€249",
        image="kordon.svg",
        facts=(
            ("Height", "148 cm"),
            ("Foot", "Marmara marble, 26 cm, 6.5 kg"),
            ("Shade", "white cotton, 38 cm"),
            ("Bulb", "E27, up to 60 W, not included"),
            ("Cable", "2.5 m with a foot dimmer"),
        ),
        sections=(
            Section(
                "stand",
                "It stands still",
                (
                    "The marble foot weighs six and a half kilos, so neither a cat nor a vacuum cleaner moves it. No two feet have the same veins; "
                    "the photograph shows one of many.",
                ),
            ),
            Section(
                "parcel",
                "In two parcels",
                (
                    "Stem and foot travel in two parcels with the same carrier, and sometimes arrive a day apart. The foot screws on by hand.",
                ),
            ),
        ),
    ),
    Page(
        slug="karina-wall-light",
        title="Karina wall light",
        lead="A cup of hand-blown opal glass on a brass arm, for hallways, bedsides and bathrooms.",
        kind="product",
        price="€89",
        image="karina.svg",
        facts=(
            ("Glass", "hand-blown opal, 16 cm"),
            ("Arm", "unlacquered brass that darkens with time"),
            ("Bulb", "G9 LED, 4 W, included"),
            ("Protection", "IP44, may hang in a bathroom outside the shower"),
        ),
        sections=(
            Section(
                "mounting",
                "On the wall",
                (
                    "The light is wired to the wall, without a plug: please let an electrician connect it. Two screws, plugs and a paper template are in "
                    "the box.",
                ),
            ),
            Section(
                "brass",
                "Brass that ages",
                (
                    "We leave the brass without lacquer. It turns from gold to brown within a year; a drop of lemon juice brings the shine back.",
                ),
            ),
        ),
    ),
    Page(
        slug="foca-linen-throw",
        title="Foça linen throw",
        lead="Stone-washed linen with a hand-knotted fringe, heavy enough for a cool evening on the balcony.",
        kind="product",
        price="€75",
        image="foca.svg",
        facts=(
            ("Size", "140 × 200 cm"),
            ("Weight", "880 g"),
            ("Material", "100 % European flax"),
            ("Colours", "oat, olive, sea blue"),
        ),
        sections=(
            Section(
                "hand",
                "Softer every year",
                (
                    "Linen starts firm and softens with each wash. Wash it at 40 degrees and dry it on the line; it needs no iron.",
                ),
            ),
        ),
    ),
    Page(
        slug="buldan-towels",
        title="Buldan towel set",
        lead="Four flat-woven cotton towels from the looms of Buldan: thin, thirsty and dry by noon.",
        kind="product",
        price="€58",
        image="buldan.svg",
        facts=(
            ("In the set", "two bath towels 90 × 170 cm, two hand towels 50 × 90 cm"),
            ("Material", "100 % Aegean cotton"),
            ("Colours", "white with a blue, rust or black stripe"),
        ),
        sections=(
            Section(
                "weave",
                "Flat, not fluffy",
                (
                    "The towels are woven flat, so they take a third of the room of terry towels in the cupboard and dry in half the time. They drink best "
                    "after the third wash.",
                ),
            ),
        ),
    ),
    Page(
        slug="urla-cushion-cover",
        title="Urla cushion cover",
        lead="A plain linen cover with a hidden zip and one line of hand embroidery along the edge.",
        kind="product",
        price="€34",
        image="urla.svg",
        facts=(
            ("Sizes", "45 × 45 cm and 40 × 60 cm"),
            ("Material", "linen front and back, 280 g/m²"),
            ("Colours", "sand, clay, deep green, sea blue"),
            ("Filling", "not included"),
        ),
        sections=(
            Section(
                "fit",
                "Which filling fits",
                (
                    "Take a filling that is five centimetres larger than the cover: 50 × 50 for the square one, 45 × 65 for the long one.",
                ),
            ),
        ),
    ),
)
