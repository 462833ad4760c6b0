"""The shop's refund flow: the ready one with the shop's own words, and its twin for customers who write Turkish."""

from __future__ import annotations

from typing import Any

from handoff.flows.ready import READY, Names

Data = dict[str, Any]
WRAPPING_UP = {"rating", "keep_rating", "thanks"}  # the shop's first flow does it for both

SMALL: Data = {
    "text": (
        "Thank you. Nobody has to approve a refund of {{amount}} {{amount_currency}}: register the return of order {{order}} on "
        "the order page within thirty days, print the label, and bring the parcel to the carrier's shop. We refund within five "
        "working days after it is back in our workshop, to the card or account that paid. Is there anything else?"
    ),
    "options": ["It arrived broken", "When do I get my money back?", "No, thank you"],
    "card_title": "Returns and repairs",
    "card_text": "Thirty days to change your mind, and what to do when something arrives broken.",
    "card_url": "/demo/returns/",
}
IN_TURKISH_WORDS: dict[str, Data] = {
    "order": {"question": "Yardımcı olayım. Sipariş numaranız nedir? Onay e-postasında yazar."},
    "amount": {"question": "Teşekkürler. Ne kadarlık bir iade istiyorsunuz? Örneğin: 640 TL."},
    "unclear": {"note": "Sizi ekibimizden birine bağlıyorum. Konuşmamızın tamamını görecek."},
    "tell": {
        "text": (
            "Teşekkürler. 500'ün üzerindeki iadelere önce ekibimizden biri bakar. Sizi bir arkadaşıma bağlıyorum; "
            "konuşmamızın tamamını görecek."
        )
    },
    "late": {"text": "Kusura bakmayın, şu ana kadar kimse müsait olmadı. İadeniz unutulmadı, burada beklemenize gerek yok."},
    "contact": {"question": "Size hangi e-posta adresinden yanıt verelim?"},
    "back": {"text": "{{person.name}} iadenizle ilgilendi, ben yine buradayım. Başka bir sorunuz var mı?"},
    "small": {
        "text": (
            "Teşekkürler. {{amount}} {{amount_currency}} tutarındaki iade için kimsenin onayı gerekmez: {{order}} numaralı siparişin "
            "iadesini otuz gün içinde sipariş sayfasında kaydedin, etiketi yazdırın ve paketi kargo şubesine bırakın. Paket "
            "atölyemize ulaştıktan sonra beş iş günü içinde ödemeyi yaptığınız karta ya da hesaba iade ederiz. Başka bir sorunuz var mı?"
        ),
        "options": ["Ürün kırık geldi", "Param ne zaman iade edilir?", "Yok, teşekkürler"],
        "card_title": "İade ve onarım",
        "card_text": "Otuz gün içinde iade, ve ürün hasarlı geldiyse yapılacaklar.",
        "card_url": "/demo/returns/",
    },
}  # fmt: skip


def english(names: Names, *, turkish: str) -> Data:
    """The flow that the shop runs; who asks in Turkish goes on in the flow with this slug."""
    data = _worded(READY["refund_over_amount"].data(names), {"small": SMALL})
    data["steps"][0]["exits"]["refund_in_turkish"] = "turkish"
    redirect = {
        "id": "turkish",
        "kind": "redirect",
        "title": "Go on in Turkish",
        "params": {"flow": turkish},
        "exits": {},
    }
    return data | {"steps": [*data["steps"], redirect]}


def turkish(names: Names) -> Data:
    """The same for customers who write Turkish: it begins with the order number, as the wish is known already."""
    data = _worded(READY["refund_over_amount"].data(names), IN_TURKISH_WORDS)
    steps = [step for step in data["steps"] if step["id"] not in WRAPPING_UP]
    return {"entries": {"fallback": {"step": "order"}}, "steps": steps}


def _worded(data: Data, words: dict[str, Data]) -> Data:
    for step in data["steps"]:
        step["params"] |= words.get(step["id"], {})
    return data
