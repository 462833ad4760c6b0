"""What a customer is told when a reply is not an answer: one sentence with an example, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handoff.assistants.words import shorten

LONGEST_LIST = 400

# kind → (what is expected, the same when the reply could mean two things or is too long)
_ENGLISH = {
    "text": (
        "Please write a few words, for example: The zip is broken.",
        "Please write it in at most 500 characters, for example: The zip is broken.",
    ),
    "number": (
        "Please send a number, for example 3.",
        "I see more than one number there. Please send only one, for example 3.",
    ),
    "amount": (
        "Please send the amount in figures, for example {amount}.",
        "I see more than one amount there. Please send only one, for example {amount}.",
    ),
    "date": (
        "Please send a date with day, month and year, for example {date}.",
        "That could be more than one date. Please send only one, for example {date}.",
    ),
    "email": (
        "Please send your e-mail address, for example ada@example.com.",
        "I see more than one e-mail address there. Please send only one, for example ada@example.com.",
    ),
    "phone": (
        "Please send your phone number with its country code, for example +90 532 123 45 67.",
        "I see more than one phone number there. Please send only one, for example +90 532 123 45 67.",
    ),
    "order_number": (
        "Please send the order number, for example 10482.",
        "I see more than one number there. Please send only the order number, for example 10482.",
    ),
    "own_number": (
        "Please send the order number exactly as your confirmation shows it.",
        "I see more than one order number there. Please send only one, exactly as your confirmation shows it.",
    ),
    "choice": (
        "Please choose one of these: {options}.",
        "That could mean more than one. Please choose one of these: {options}.",
    ),
}
_TURKISH = {
    "text": (
        "Lütfen birkaç kelime yazın, örneğin: Fermuarı bozuk.",
        "Lütfen en fazla 500 karakterle yazın, örneğin: Fermuarı bozuk.",
    ),
    "number": (
        "Lütfen bir sayı yazın, örneğin 3.",
        "Birden fazla sayı görüyorum. Lütfen yalnızca birini yazın, örneğin 3.",
    ),
    "amount": (
        "Lütfen tutarı rakamla yazın, örneğin {amount}.",
        "Birden fazla tutar görüyorum. Lütfen yalnızca birini yazın, örneğin {amount}.",
    ),
    "date": (
        "Lütfen tarihi gün, ay ve yıl olarak yazın, örneğin {date}.",
        "Birden fazla tarih anlaşılıyor. Lütfen yalnızca birini yazın, örneğin {date}.",
    ),
    "email": (
        "Lütfen e-posta adresinizi yazın, örneğin ada@example.com.",
        "Birden fazla e-posta adresi görüyorum. Lütfen yalnızca birini yazın, örneğin ada@example.com.",
    ),
    "phone": (
        "Lütfen telefon numaranızı yazın, örneğin 0532 123 45 67.",
        "Birden fazla telefon numarası görüyorum. Lütfen yalnızca birini yazın, örneğin 0532 123 45 67.",
    ),
    "order_number": (
        "Lütfen sipariş numaranızı yazın, örneğin 10482.",
        "Birden fazla numara görüyorum. Lütfen yalnızca sipariş numaranızı yazın, örneğin 10482.",
    ),
    "own_number": (
        "Lütfen sipariş numaranızı onay mesajınızdaki gibi yazın.",
        "Birden fazla sipariş numarası görüyorum. Lütfen yalnızca birini, onay mesajınızdaki gibi yazın.",
    ),
    "choice": (
        "Lütfen şunlardan birini seçin: {options}.",
        "Birden fazla seçenek anlaşılıyor. Lütfen şunlardan birini seçin: {options}.",
    ),
}
_HINTS = {"en": _ENGLISH, "tr": _TURKISH}


def hint(
    kind: str, *, language: str, today: date, several: bool = False, options: Sequence[str] = (), currency: str = ""
) -> str:
    """What is expected, with an example; `several` when the reply could mean more than one thing (a text: is too long)."""
    sentence = _HINTS.get(language, _ENGLISH)[kind][several]
    money = "TL" if currency in ("", "TRY") else currency
    offered = shorten(", ".join(f"{number}. {one}" for number, one in enumerate(options, start=1)), LONGEST_LIST)
    return sentence.format(
        amount=f"640,50 {money}" if language == "tr" else f"640.50 {money}", date=f"{today:%d/%m/%Y}", options=offered
    )
