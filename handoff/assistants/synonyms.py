"""Words that customers and articles use for the same thing; everyday words only, nothing of one shop."""

from __future__ import annotations

from handoff.assistants.words import fold, stem

_ENGLISH = """
parcel package shipment box
deliver delivery ship shipping send arrive
return returning
refund reimburse reimbursement
price cost charge fee expensive
broken damaged cracked smashed shattered broke crack torn
pay payment
invoice receipt bill
exchange swap
cancel cancellation undo
voucher coupon
discount promo promotion code coupon
guarantee warranty
password login sign
washing wash laundry machine
clean cleaning wipe stain
track tracking follow
country countries abroad international
company business corporate
present gift
size big large dimensions measure
repair mend spare
uk kingdom britain england
eu european europe
fabric cloth linen
instalment installment
"""

_TURKISH = """
kargo teslimat paket gonderi gelir gelecek ulasir
iade geri
para ucret fiyat tutar
kirik hasarli bozuk catlak kirilmis
odeme odeyebilirim odemek taksit
fatura fis
iptal vazgectim
garanti
adres
takip nerede
atolye magaza dukkan
"""


def _groups(lines: str, language: str) -> dict[str, frozenset[str]]:
    table: dict[str, frozenset[str]] = {}
    for line in lines.strip().splitlines():
        stems = frozenset(stem(fold(word), language) for word in line.split())
        for one in stems:
            table[one] = table.get(one, frozenset()) | stems
    return table


_TABLES = {"en": _groups(_ENGLISH, "en"), "tr": _groups(_TURKISH, "tr")}
_WORDS = {
    "en": [line.split() for line in _ENGLISH.strip().splitlines()],
    "tr": [line.split() for line in _TURKISH.strip().splitlines()],
}


def same_meaning(one: str, language: str) -> frozenset[str]:
    """The stems that may stand for this one, without itself."""
    return _TABLES.get(language, {}).get(one, frozenset()) - {one}


def widened(stems: frozenset[str], language: str) -> list[str]:
    """Whole words to search for besides the visitor's own, for a second look."""
    return [
        word
        for group in _WORDS.get(language, [])
        if any(stem(other, language) in stems for other in group)
        for word in group
        if stem(word, language) not in stems
    ]
