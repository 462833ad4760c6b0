"""Conversations that are over, or went back to automation after a person had helped."""

from __future__ import annotations

from vivollo.demo.browsers import ANDROID, EDGE, IPHONE, MAC, WINDOWS
from vivollo.demo.quoting import CUSTOMER_NOTE, answered, noted, quoted, searched
from vivollo.demo.shapes import CannedConversation, CannedVisitor, Learned, Seen, Stand, Step

FINISHED: tuple[CannedConversation, ...] = (
    CannedConversation(
        key="dimmer",
        visitor=CannedVisitor("Pelle Lindqvist", "pelle@example.com", "Europe/Stockholm", "en", WINDOWS),
        pages=(
            Seen("/demo/kordon-floor-lamp/", "Kordon floor lamp", 214),
            Seen("/demo/returns/", "Returns and repairs", 201),
        ),
        steps=(
            Step(200, "visitor", "The foot dimmer of my Kordon hums on the lowest step. What does the warranty cover?"),
            Step(200, "assistant", quoted("warranty", 0)),
            Step(197, "visitor", "that did not answer it. Is humming normal or a fault?"),
            Step(197, "assistant", CUSTOMER_NOTE),
            Step(
                185,
                "person:bruno",
                "Hi Pelle, Bruno from the workshop. A soft hum with an LED bulb is the bulb, not the dimmer. Do you have another bulb to try?",
            ),
            Step(179, "visitor", "Huh. Yes, with the old one from the hall it is silent."),
            Step(
                177,
                "person:bruno",
                "Then all is well with the lamp. Look for a bulb marked “trailing edge dimmable”. Enjoy the evening!",
            ),
            Step(176, "visitor", "Brilliant, thanks Bruno"),
        ),
        stand=Stand(
            state="finished",
            code="loop",
            reason="Says that the answer did not help: “that did not answer it. Is humming normal or a fault?”.",
            open_question="The foot dimmer of my Kordon hums on the lowest step. What does the warranty cover?",
            requested=197,
            engaged_by="bruno",
            engaged=185,
            outcome="resolved",
            finished=174,
        ),
        attempts=answered(0, "What does the warranty cover?", "warranty", 100, "spare-parts"),
    ),
    CannedConversation(
        key="address",
        visitor=CannedVisitor(
            "Sofía Martínez de la Rosa y Álvarez", "sofia.mra@example.com", "Europe/Madrid", "en", MAC
        ),
        pages=(Seen("/demo/imbat-table-lamp/", "Imbat table lamp", 305), Seen("/demo/delivery/", "Delivery", 298)),
        steps=(
            Step(297, "visitor", "Hello! I typed the wrong street. How do I change the delivery address?"),
            Step(297, "assistant", quoted("change-address", 0, 1)),
            Step(
                292,
                "visitor",
                "It is packed already, says the page. My order number is 10466, please somebody call the carrier",
            ),
            Step(291, "visitor", "Can I talk to someone?"),
            Step(291, "assistant", CUSTOMER_NOTE),
            Step(
                283,
                "person:ada",
                "Hello Sofía, this is Ada. I reached the depot before the van left: 10466 now goes to Calle de la Palma 12. Is that right?",
            ),
            Step(281, "visitor", "Yes!! Thank you so much"),
            Step(280, "person:ada", "With pleasure. I leave you with Mavi for anything else."),
            Step(266, "visitor", "How long does delivery take now?"),
            Step(266, "assistant", quoted("delivery-times", 0)),
        ),
        stand=Stand(
            state="finished",
            code="customer_request",
            reason="Asked for a person: “Can I talk to someone?”.",
            open_question="It is packed already, says the page. My order number is 10466, please somebody call the carrier",
            requested=291,
            engaged_by="ada",
            engaged=283,
            outcome="returned",
            finished=279,
        ),
        learned=(Learned("order_number", "10466", 2),),
        attempts=(
            *answered(0, "How do I change the delivery address?", "change-address", 90, "delivery-times"),
            *noted(2, "order_number", "10466"),
            *answered(8, "How long does delivery take now?", "delivery-times", 97, "delivery-costs"),
        ),
    ),
    CannedConversation(
        key="fire",
        visitor=CannedVisitor("Gwenllian Pryce-Jones", "gwen.pj@example.com", "Europe/London", "en", IPHONE),
        pages=(
            Seen("/demo/karina-wall-light/", "Karina wall light", 402),
            Seen("/demo/returns/", "Returns and repairs", 398),
        ),
        steps=(
            Step(396, "visitor", "My Karina got very hot and the brass smells burnt, is this safe?"),
            Step(396, "assistant", CUSTOMER_NOTE),
            Step(391, "person:ada", "Gwenllian, please switch it off at the fuse now. Which bulb is in it?"),
            Step(388, "visitor", "Off. It says 40W halogen G9"),
            Step(
                386,
                "person:ada",
                "That is it: the Karina is made for 4 watt LED. Please leave it off. A new cup, holder and the right bulb leave us today, free of charge, and your electrician should look at the wire.",
            ),
            Step(384, "visitor", "Oh no, my fault. That is very kind, thank you"),
        ),
        stand=Stand(
            state="finished",
            code="out_of_scope",
            reason="Asked “My Karina got very hot and the brass smells burnt, is this safe?”; no article covers it (closest: How to clean lamp shades, wood and brass).",
            open_question="My Karina got very hot and the brass smells burnt, is this safe?",
            requested=396,
            engaged_by="ada",
            engaged=391,
            outcome="resolved",
            finished=381,
        ),
        attempts=searched(
            0, "My Karina got very hot and the brass smells burnt, is this safe?", 27, "cleaning", "bulbs", "mounting"
        ),
    ),
    CannedConversation(
        key="gecikme",
        visitor=CannedVisitor("Mehmet Ali Çetinkaya", "mehmetali@example.com", "Europe/Istanbul", "tr", ANDROID),
        pages=(Seen("/demo/delivery/", "Delivery", 251),),
        steps=(
            Step(249, "visitor", "kargom nerede"),
            Step(249, "assistant", quoted("siparis-takibi", 0)),
            Step(246, "visitor", "sipariş numaram 10498. takip linki açılmıyor, bir temsilciyle görüşmek istiyorum"),
            Step(246, "assistant", CUSTOMER_NOTE),
            Step(
                238,
                "person:ada",
                "Merhaba Mehmet Ali Bey, ben Ada. 10498 numaralı paketiniz bugün dağıtımda, kurye öğleden sonra arayacak. Yeni takip bağlantısını e-postanıza gönderdim.",
            ),
            Step(236, "visitor", "geldi şimdi açıldı sağ olun"),
        ),
        stand=Stand(
            state="finished",
            code="customer_request",
            reason="Asked for a person: “takip linki açılmıyor, bir temsilciyle görüşmek istiyorum”.",
            open_question="takip linki açılmıyor",
            requested=246,
            engaged_by="ada",
            engaged=238,
            outcome="resolved",
            finished=235,
        ),
        learned=(Learned("order_number", "10498", 2),),
        attempts=(
            *answered(0, "kargom nerede", "siparis-takibi", 82, "teslimat-suresi"),
            *noted(2, "order_number", "10498"),
        ),
    ),
    CannedConversation(
        key="voucher",
        visitor=CannedVisitor("Aoife Ní Bhriain", "aoife@example.com", "Europe/Dublin", "en", EDGE),
        pages=(Seen("/demo/paying/", "Paying and accounts", 463),),
        steps=(
            Step(461, "visitor", "Do gift vouchers have an end date?"),
            Step(461, "assistant", quoted("vouchers", 0)),
            Step(459, "visitor", "Mine was from 2021 and it was my late mother's. Is there nothing you can do?"),
            Step(459, "assistant", CUSTOMER_NOTE),
            Step(
                430,
                "person:bruno",
                "Dear Aoife, I am sorry for your loss. I have put the €60 onto a new voucher, valid for three years; it is in your inbox.",
            ),
            Step(421, "visitor", "I do not know what to say. Thank you, Bruno."),
            Step(420, "person:bruno", "You are very welcome. Mavi is here if you need a hand choosing."),
        ),
        stand=Stand(
            state="finished",
            code="low_confidence",
            reason="Asked “Is there nothing you can do?” about a voucher from 2021; the closest article, “Gift vouchers”, says that they end after three years.",
            open_question="Mine was from 2021 and it was my late mother's. Is there nothing you can do?",
            requested=459,
            engaged_by="bruno",
            engaged=430,
            outcome="returned",
            finished=419,
        ),
        attempts=(
            *answered(0, "Do gift vouchers have an end date?", "vouchers", 68),
            *searched(2, "Is there nothing you can do?", 33, "vouchers"),
        ),
    ),
)
