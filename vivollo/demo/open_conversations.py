"""Conversations that are open now: with automation, waiting for a person, or with one."""

from __future__ import annotations

from vivollo.demo.browsers import ANDROID, EDGE, FIREFOX, IPAD, IPHONE, MAC, WINDOWS
from vivollo.demo.quoting import CUSTOMER_NOTE, answered, noted, quoted, searched
from vivollo.demo.shapes import CannedConversation, CannedVisitor, Learned, Seen, Stand, Step

WAITING: tuple[CannedConversation, ...] = (
    CannedConversation(
        key="broken-twice",
        visitor=CannedVisitor("Henrike Vogelsang-Baumgartner", "henrike.vb@example.com", "Europe/Berlin", "en", IPHONE),
        pages=(
            Seen("/demo/kordon-floor-lamp/", "Kordon floor lamp", 31, "https://www.google.com/"),
            Seen("/demo/returns/", "Returns and repairs", 24),
        ),
        steps=(
            Step(23, "visitor", "My parcel arrived broken. Again!"),
            Step(23, "assistant", quoted("damaged", 0, 1)),
            Step(20, "visitor", "This is the SECOND Kordon that comes with a cracked marble foot. Order 10482."),
            Step(20, "assistant", "Thanks, I have noted order number 10482."),
            Step(
                18,
                "visitor",
                "I don't want to send photos a second time. I did all of this last week, nobody reads it.",
            ),
            Step(17, "visitor", "Get me a real person please"),
            Step(17, "assistant", CUSTOMER_NOTE),
            Step(9, "visitor", "Hello? I have guests on Saturday and no lamp."),
        ),
        stand=Stand(
            state="requested",
            code="customer_request",
            reason="Asked for a person: “Get me a real person please”.",
            open_question="The second Kordon of order 10482 came with a cracked marble foot; she will not send photographs again.",
            requested=17,
        ),
        learned=(Learned("order_number", "10482", 2),),
        attempts=(
            *answered(0, "My parcel arrived broken. Again!", "damaged", 84, "tracking", "countries"),
            *noted(2, "order_number", "10482"),
        ),
    ),
    CannedConversation(
        key="charged-twice",
        visitor=CannedVisitor("", "", "Europe/Istanbul", "tr", ANDROID),
        pages=(Seen("/demo/buldan-towels/", "Buldan towel set", 14), Seen("/demo/paying/", "Paying and accounts", 12)),
        steps=(
            Step(12, "visitor", "merhaba"),
            Step(12, "assistant", "Merhaba, ben Mavi, bir yapay zeka asistanıyım. Nasıl yardımcı olabilirim?"),
            Step(11, "visitor", "kartımdan iki kere çekim yapılmış, ikisi de 58 euro"),
            Step(11, "assistant", CUSTOMER_NOTE),
        ),
        stand=Stand(
            state="requested",
            code="out_of_scope",
            reason="Asked “kartımdan iki kere çekim yapılmış, ikisi de 58 euro”; no article covers it (closest: Ödeme yöntemleri ve taksit).",
            open_question="kartımdan iki kere çekim yapılmış, ikisi de 58 euro",
            requested=11,
        ),
        attempts=searched(2, "kartımdan iki kere çekim yapılmış, ikisi de 58 euro", 22, "odeme"),
    ),
    CannedConversation(
        key="forty-lamps",
        visitor=CannedVisitor(
            "Marguerite de Saint-Aubin",
            "m.desaintaubin@example.com",
            "Europe/Paris",
            "en",
            MAC,
            verified_id="c-2071",
            attributes={"vip": "yes", "account_manager": "ada", "company": "Hôtel des Arcades"},
        ),
        pages=(
            Seen("/demo/karina-wall-light/", "Karina wall light", 26),
            Seen("/demo/imbat-table-lamp/", "Imbat table lamp", 16),
            Seen("/demo/about/", "About us", 8),
        ),
        steps=(
            Step(
                7,
                "visitor",
                "Good afternoon. We are refitting 40 rooms and need Imbat lamps in our own colour. Is there a wholesale offer for hotels?",
            ),
            Step(7, "assistant", quoted("wholesale", 0, 1)),
            Step(
                5,
                "visitor",
                "Splendid. The opening is on 20 January. Can the fire certificate for the shades be ready for the inspection in December?",
            ),
            Step(5, "assistant", CUSTOMER_NOTE),
        ),
        stand=Stand(
            state="requested",
            code="low_confidence",
            reason="Asked “Can the fire certificate for the shades be ready for the inspection in December?”; the closest article, “Spare parts: shades, switches, cables and glass”, says nothing of “fire, certificate, inspection”.",
            open_question="Can the fire certificate for the shades be ready for the inspection in December?",
            requested=5,
        ),
        attempts=(
            *answered(0, "Is there a wholesale offer for hotels?", "wholesale", 86, "custom-shades"),
            *searched(
                2,
                "Can the fire certificate for the shades be ready for the inspection in December?",
                31,
                "spare-parts",
                "custom-shades",
            ),
        ),
    ),
    CannedConversation(
        key="person",
        visitor=CannedVisitor("Jo", "", "Europe/Dublin", "en", ANDROID),
        pages=(Seen("/demo/", "Lamps and linen, made in Izmir", 3, "https://www.instagram.com/"),),
        steps=(Step(2, "visitor", "human pls"), Step(2, "assistant", CUSTOMER_NOTE)),
        stand=Stand(state="requested", code="customer_request", reason="Asked for a person: “human pls”.", requested=2),
    ),
    CannedConversation(
        key="round-again",
        visitor=CannedVisitor("Tomasz Wiśniewski", "t.wisniewski@example.com", "Europe/Warsaw", "en", WINDOWS),
        pages=(Seen("/demo/delivery/", "Delivery", 44), Seen("/demo/delivery/", "Delivery", 39)),
        steps=(
            Step(43, "visitor", "Hi, my name is Tomasz and I wonder where my order is"),
            Step(43, "assistant", quoted("tracking", 0)),
            Step(40, "visitor", "where is my order? 10391. the link has not moved for eight days"),
            Step(40, "assistant", CUSTOMER_NOTE),
        ),
        stand=Stand(
            state="requested",
            code="loop",
            reason="Asked twice “where is my order? 10391. the link has not moved for eight days”; the answer from the articles did not settle it.",
            open_question="where is my order? 10391. the link has not moved for eight days",
            requested=40,
        ),
        learned=(Learned("name", "Tomasz", 0),),
        attempts=(
            *noted(0, "name", "Tomasz"),
            *answered(0, "I wonder where my order is", "tracking", 88, "cancel", "change-address"),
        ),
    ),
)

WITH_A_PERSON: tuple[CannedConversation, ...] = (
    CannedConversation(
        key="wedding-gift",
        visitor=CannedVisitor("Inês Carvalho", "ines.carvalho@example.com", "Europe/Lisbon", "en", IPHONE),
        pages=(
            Seen("/demo/foca-linen-throw/", "Foça linen throw", 71, "https://www.pinterest.com/"),
            Seen("/demo/delivery/", "Delivery", 63),
        ),
        steps=(
            Step(62, "visitor", "Can you wrap the throw as a present and put a note in?"),
            Step(62, "assistant", quoted("gift-wrapping", 0, 1)),
            Step(59, "visitor", "lovely! order 10511. can the note be in Portuguese, written by hand, about 80 words?"),
            Step(59, "assistant", CUSTOMER_NOTE),
            Step(
                52,
                "person:bruno",
                "Olá Inês, Bruno here. Eighty words fit if we use a folded card, and I can write it in Portuguese myself. Shall I hold order 10511 until you send the text?",
            ),
            Step(48, "visitor", "You are a treasure. Yes please, I will send it tonight"),
            Step(47, "person:bruno", "Held until tomorrow noon. It still reaches Lisbon before Saturday."),
        ),
        stand=Stand(
            state="engaged",
            code="low_confidence",
            reason="Asked “can the note be in Portuguese, written by hand, about 80 words?”; the closest article, “Gift wrapping and a note”, says nothing of “portuguese”.",
            open_question="can the note be in Portuguese, written by hand, about 80 words?",
            requested=59,
            engaged_by="bruno",
            engaged=52,
        ),
        learned=(Learned("order_number", "10511", 2),),
        attempts=(
            *answered(0, "Can you wrap the throw as a present and put a note in?", "gift-wrapping", 76),
            *noted(2, "order_number", "10511"),
            *searched(2, "can the note be in Portuguese, written by hand, about 80 words?", 46, "gift-wrapping"),
        ),
    ),
    CannedConversation(
        key="wrong-invoice",
        visitor=CannedVisitor("Ingrid Sørlie", "ingrid@example.com", "Europe/Oslo", "en", EDGE, verified_id="c-1340"),
        pages=(Seen("/demo/paying/", "Paying and accounts", 35),),
        steps=(
            Step(
                33,
                "visitor",
                "The invoice for 10377 has my private name on it, it must be the company's. I want to speak to someone in accounting",
            ),
            Step(33, "assistant", CUSTOMER_NOTE),
            Step(
                27,
                "person:ada",
                "Hello Ingrid, Ada from Lodos. I have your order 10377 here; which name and VAT number should be on the invoice?",
            ),
            Step(25, "visitor", "Sørlie Interiør AS, NO 991 123 456 MVA"),
            Step(
                22,
                "person:ada",
                "Thank you. The corrected PDF is on its way to ingrid@example.com and also on your order page.",
            ),
            Step(20, "visitor", "Got it, but the date is still the old one?"),
        ),
        stand=Stand(
            state="engaged",
            code="customer_request",
            reason="Asked for a person: “I want to speak to someone in accounting”.",
            open_question="The invoice for 10377 has my private name on it, it must be the company's.",
            requested=33,
            engaged_by="ada",
            engaged=27,
        ),
        learned=(Learned("order_number", "10377", 0),),
        attempts=noted(0, "order_number", "10377"),
    ),
)

WITH_AUTOMATION: tuple[CannedConversation, ...] = (
    CannedConversation(
        key="bathroom",
        visitor=CannedVisitor("Luca Ferrari", "", "Europe/Rome", "en", MAC),
        pages=(Seen("/demo/karina-wall-light/", "Karina wall light", 6, "https://www.google.com/"),),
        steps=(
            Step(5, "visitor", "hi! can I hang the Karina in my bathroom?"),
            Step(5, "assistant", quoted("mounting", 1)),
            Step(3, "visitor", "thanks"),
            Step(3, "assistant", "You are welcome. I am here if there is anything else."),
        ),
        stand=Stand(state="automation"),
        attempts=answered(0, "hi! can I hang the Karina in my bathroom?", "mounting", 85),
    ),
    CannedConversation(
        key="iade",
        visitor=CannedVisitor("Zeynep Karaosmanoğlu", "zeynep.k@example.com", "Europe/Istanbul", "tr", IPHONE),
        pages=(
            Seen("/demo/urla-cushion-cover/", "Urla cushion cover", 19),
            Seen("/demo/returns/", "Returns and repairs", 16),
        ),
        steps=(
            Step(15, "visitor", "Merhaba, yastık kılıfı küçük geldi. İade nasıl yapılır?"),
            Step(15, "assistant", quoted("iade", 0)),
            Step(13, "visitor", "peki param ne zaman iade edilir"),
            Step(13, "assistant", quoted("para-iadesi", 0)),
        ),
        stand=Stand(state="automation"),
        attempts=(
            *answered(0, "İade nasıl yapılır?", "iade", 92, "para-iadesi"),
            *answered(2, "peki param ne zaman iade edilir", "para-iadesi", 93, "iade"),
        ),
    ),
    CannedConversation(
        key="samples",
        visitor=CannedVisitor("Þórunn Jónsdóttir", "thorunn@example.com", "Europe/Copenhagen", "en", IPAD),
        pages=(Seen("/demo/imbat-table-lamp/", "Imbat table lamp", 29), Seen("/demo/care/", "Care", 26)),
        steps=(
            Step(25, "visitor", "Do you send fabric samples for the shade?"),
            Step(25, "assistant", quoted("custom-shades", 0, 1)),
            Step(22, "visitor", "And how do I clean a lamp shade?"),
            Step(22, "assistant", quoted("cleaning", 0)),
            Step(21, "visitor", "Remember that I am allergic to linseed oil, please"),
            Step(21, "assistant", "Thanks, I have noted that: “I am allergic to linseed oil, please”."),
        ),
        stand=Stand(state="automation"),
        learned=(Learned("note", "I am allergic to linseed oil, please", 4),),
        attempts=(
            *answered(0, "Do you send fabric samples for the shade?", "custom-shades", 83, "cleaning"),
            *answered(2, "And how do I clean a lamp shade?", "cleaning", 84, "spare-parts"),
            *noted(4, "note", "I am allergic to linseed oil, please"),
        ),
    ),
    CannedConversation(
        key="payment",
        visitor=CannedVisitor("", "", "Europe/Amsterdam", "en", FIREFOX),
        pages=(Seen("/demo/buldan-towels/", "Buldan towel set", 10, "https://duckduckgo.com/"),),
        steps=(
            Step(9, "visitor", "How can I pay?"),
            Step(9, "assistant", quoted("payment", 0)),
        ),
        stand=Stand(state="automation"),
        attempts=answered(0, "How can I pay?", "payment", 100),
    ),
)

AT_WORK: tuple[CannedConversation, ...] = (*WAITING, *WITH_A_PERSON, *WITH_AUTOMATION)
