"""Knowledge in PostgreSQL: what the search finds, and what the demo's assistant makes of it."""

from __future__ import annotations

import pytest

from handoff.assistants.base import Said, Snapshot
from handoff.assistants.builtin import BuiltinEngine
from handoff.knowledge import Articles
from handoff.models import Assistant, KnowledgeArticle
from vivollo.demo.articles import ARTICLES

# What an article answers, as customers type it: the words, and the key of the one right article.
IN_SCOPE_ENGLISH = """
How long does delivery take? | delivery-times
how many days does delivery take | delivery-times
how long does express delivery take | delivery-times
how much is shipping to Norway | delivery-costs
is shipping free? | delivery-costs
what does express shipping cost | delivery-costs
do you ship to Poland? | countries
do you deliver to the Netherlands | countries
Where is my order? | tracking
where is my parcel | tracking
where's my package | tracking
when will my parcel arrive | delivery-times
where is my refund | refunds
when is the workshop open | workshop
I want to return a lamp | returns
canel my order | cancel
trakcing number | tracking
how can I track my order | tracking
I can't find the tracking e-mail | tracking
do I have to pay customs in Norway? | customs
is import tax included | customs
can I cancel my order? | cancel
I want to cancel my order | cancel
I need to change my delivery address | change-address
can you gift wrap it | gift-wrapping
can you add a handwritten note | gift-wrapping
How do I return something? | returns
what is your return policy | returns
how many days do I have to return something | returns
retrun policy | returns
When do I get my money back? | refunds
when will I get my refund | refunds
my lamp arrived broken | damaged
the box was damaged when it arrived | damaged
the glass is cracked | damaged
can I exchange it for another colour | exchange
I would like to swap it for a different size | exchange
what does the warranty cover | warranty
how long is the warranty | warranty
do you sell spare shades | spare-parts
which bulb fits the Imbat | bulbs
is the Kordon dimmable | dimming
does the plug work on 110 volts | plugs
can I mount the Karina in a bathroom | mounting
can I get free fabric samples | custom-shades
how do I wash the towels | washing
how do I clean brass | cleaning
what size is the cushion cover | sizes
How can I pay? | payment
how do I pya | payment
can I pay with paypal | payment
do you take Visa? | payment
can I pay in instalments | payment
my card was declined | declined
why was my card declined? | declined
I need an invoice for my company | invoice
there is a wrong name on my invoice | invoice
do you have a discount code | discounts
how long is a gift voucher valid | vouchers
I forgot my password | account
please delete my account | account
can I visit your workshop | workshop
do you sell to hotels | wholesale
where does the cotton come from | materials
what are your opening hours | hours
"""

OUT_OF_SCOPE_ENGLISH = """
Why was I charged twice
why was I charged twice for my order?
I was charged twice
my package never arrived
you forgot to send one lamp
why was I charged
my lamp does not work
you charged my card two times
I got a different colour than I ordered
I received the wrong item
you sent me the wrong colour
I got the wrong size
you sent the wrong lamp
one towel is missing from my parcel
something is missing from my order
I received someone else's parcel
my refund is less than I paid
the courier says it was delivered but I never got it
my discount code does not work
can you engrave a ring?
can I pay with bitcoin?
do you ship to Canada
do you ship to Japan?
do you sell chairs
do you have a shop in Berlin
can I rent a lamp
what is the weather in Izmir
do you have vacancies, I want to work for you
who won the football match
is the throw safe for babies
can I bring my dog to the workshop
"""

IN_SCOPE_TURKISH = """
Teslimat ne kadar sürer? | teslimat-suresi
kargom ne zaman gelir | teslimat-suresi
kargo ücreti ne kadar | kargo-ucreti
kargo kaç para | kargo-ucreti
siparişim nerede | siparis-takibi
kargomu nasıl takip ederim | siparis-takibi
iade nasıl yapılır | iade
iade etmek istiyorum | iade
idae etmek istiyorum | iade
param ne zaman iade edilir | para-iadesi
lamba kırık çıktı | hasarli
kredi kartıyla ödeyebilir miyim | odeme
cam kırılmış | hasarli
tesilmat ne kadar surer | teslimat-suresi
lambam kırık geldi | hasarli
ürün hasarlı geldi | hasarli
bardaklardan biri kırık geldi | hasarli
aldığım ürün kırılmış | hasarli
siparişimi iptal etmek istiyorum | siparis-iptali
teslimat adresini değiştirmek istiyorum | siparis-iptali
nasıl ödeyebilirim | odeme
taksit var mı | odeme
garanti neleri kapsıyor | garanti
garanti süresi ne kadar | garanti
atölyenizi ziyaret edebilir miyim | atolye
"""

OUT_OF_SCOPE_TURKISH = """
kartımdan iki kez para çekildi
neden iki kere ücret alındı
yanlış ürün geldi
sipariş ettiğimden farklı renk geldi
siparişimde eksik ürün var
paketten bir havlu eksik çıktı
kripto ile ödeyebilir miyim
Kanada'ya kargo var mı
yüzük yapıyor musunuz
iş başvurusu yapmak istiyorum
hava bugün nasıl
"""


@pytest.fixture
def demo_assistant(db) -> Assistant:
    """The demo's assistant with all of its articles."""
    assistant = Assistant.objects.create(name="Mavi")
    for one in ARTICLES:
        KnowledgeArticle.objects.create(
            assistant=assistant, title=one.title, body=one.body, url=f"/{one.key}", language=one.language
        )
    return assistant


@pytest.fixture
def think(demo_assistant):
    """The reply of the demo's assistant to one message, through the real search."""

    def reply_to(text: str, language: str = "en"):
        return BuiltinEngine().think(
            Snapshot(
                language=language,
                assistant_name="Mavi",
                instructions="",
                messages=(Said(1, "visitor", "", text),),
                memory={},
                visitor={},
                knowledge=Articles(demo_assistant.pk),
                new_from=1,
            )
        )

    return reply_to


def lines(table: str) -> list[str]:
    return table.strip().splitlines()


def pairs(table: str) -> list[tuple[str, str]]:
    return [tuple(part.strip() for part in line.split("|")) for line in lines(table)]


@pytest.mark.parametrize(
    ("language", "table"), [("en", IN_SCOPE_ENGLISH), ("tr", IN_SCOPE_TURKISH)], ids=["english", "turkish"]
)
def test_what_an_article_answers_is_answered_from_it(think, language, table):
    wrong = []
    for text, key in pairs(table):
        reply = think(text, language)
        said = reply.say.text if reply.say else reply.handoff.reason
        if not said.endswith(f" /{key}"):
            wrong.append(f"{text} → {said[-130:]}")
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize(
    ("language", "table"), [("en", OUT_OF_SCOPE_ENGLISH), ("tr", OUT_OF_SCOPE_TURKISH)], ids=["english", "turkish"]
)
def test_what_no_article_answers_goes_to_a_person(think, language, table):
    answered = []
    for text in lines(table):
        reply = think(text, language)
        if reply.say:
            answered.append(f"{text} → {reply.say.text[-80:]} {reply.tried[-1].result}")
    assert not answered, "\n" + "\n".join(answered)


def test_a_question_about_delivery_in_general_gets_the_standard_times(think):
    assert "4-6 working days" in think("How long does delivery take?").say.text


@pytest.mark.parametrize(
    ("question", "said", "unsaid"),
    [
        ("how long does express delivery take", "With express delivery", "A lamp with a shade"),
        ("how long does delivery to Norway take", "Norway", "express"),
        ("how long does delivery of a shade take", "4-6 working days", "express"),
        ("can I dim the Karina", "The Karina wall light dims", "Kordon"),
        ("What does shipping cost?", "costs €9", "Read less"),
        ("How do I wash the towels", "towels at 60 degrees", "Read less"),
    ],
)
def test_the_quoted_paragraphs_are_those_that_were_asked_for(think, question, said, unsaid):
    text = think(question).say.text
    assert said in text
    assert unsaid not in text


@pytest.mark.parametrize(
    ("query", "language", "title"),
    [
        ("retrun policy", "en", "How do I return something?"),
        ("how do I pya", "en", "How can I pay?"),
        ("refnud", "en", "When do I get my money back?"),
        ("delivary", "en", "How long does delivery take?"),
        ("my lamp is brokne", "en", "My parcel arrived damaged or broken"),
        ("warantee", "en", "What does the warranty cover?"),
        ("inovice", "en", "Invoices, also for companies"),
        ("cusotms", "en", "Do I have to pay customs or import tax?"),
        ("idae", "tr", "İade nasıl yapılır?"),
        ("kagro ucreti", "tr", "Kargo ücreti ne kadar?"),
        ("garnati", "tr", "Garanti neleri kapsar?"),
    ],
)
def test_a_slip_of_the_finger_still_finds_the_article(demo_assistant, query, language, title):
    found = Articles(demo_assistant.pk).search(query, language=language, limit=8)
    assert title in [passage.title for passage in found]


@pytest.mark.parametrize("query", ["", "???", "the of and", "'; DROP TABLE x; --", "a & b | !c:*", "%s \\ 'x'", "qwzx"])
def test_words_that_nothing_can_be_found_by_find_nothing(demo_assistant, query):
    assert Articles(demo_assistant.pk).search(query, language="en") == []


def test_a_word_of_another_assistant_is_not_found(demo_assistant):
    other = Assistant.objects.create(name="Other")
    KnowledgeArticle.objects.create(assistant=other, title="Zebras", body="We sell zebras.")
    assert Articles(demo_assistant.pk).search("zebras", language="en") == []
    assert Articles(demo_assistant.pk).search("zerbas", language="en") == []
