"""The wish for a person: what asks for one, and what only sounds like it."""

from __future__ import annotations

import pytest

from handoff.assistants.human_request import asked_for, wants_person
from handoff.outcomes import ReasonCode
from tests.handoff.assistants.conftest import conversation

ASKS_IN_ENGLISH = """
I want a person
I want a person please
I'd like a person
I need someone
can I speak to someone real
Can I please talk to an actual human being?
agent
AGENT!!!
operator
human please
live chat
customer service please
I don't want to talk to a bot
I'd rather talk to a person than a bot
put me through to somebody
is there anyone I can talk to?
I've asked three times. Get me your manager.
I already told you, I need an agent
could somebody call me please
wnat to tlak to an agnet
speak to a representitive
you're useless, connect me with a human
i need to talk to a teammate
Where is my parcel? I want to speak with a person.
I do not need a refund, I need a person to talk to
how can I reach a human?
please hand this over to a human
no bots please
let me talk to someone from your team
Escalate this please
are there any humans there?
can someone from support contact me
May I speak with your supervisor
I can't reach a human here
I'm tired of talking to a machine
give me a real person now
I want to speak to a colleague of yours
transfer me
connect me to the sales team
rep pls
i would like human assistance
real person
Is there a real person there?
chat with support
I want to make a complaint to a manager
someone human please
can a human answer this
"""

NO_WISH_IN_ENGLISH = """
I don't need an agent, just tell me when you open
I don't need to talk to anyone
no agent please
I don't want a human, just an answer
your agent said I would get a refund
The agent told me yesterday that it was sent
I talked to an agent yesterday
I spoke with someone last week and he promised a refund
my real estate agent needs an invoice
is it safe as a cleaning agent?
Do I need to talk to someone to return this?
do I have to contact an agent to cancel?
can I cancel without talking to a person?
can someone else sign for the parcel?
someone stole my parcel
please deliver it to another person
can you deliver to my neighbour or someone at the door
is the throw big enough for two people
the lamp is as tall as a person
are you a human?
am I talking to a real person?
is this a bot
you are not human
thanks, agent
hi operator
hello human
where is your human resources department
does the human hair come off the linen
I am a travel agent, do you have trade prices?
I am a sales representative for hotels
How many people work for you?
who is the contact person for wholesale?
what are the hours of customer service?
I'd like to talk about my order
can we talk in French?
contact details
can you send it to someone else as a gift?
I'd like to give someone a voucher
I want to become a representative of your shop
no need to connect me with an agent
please don't transfer me to a human
don't transfer me
I would rather not talk to a human
before I talk to an agent, what does shipping cost?
sewing machine operator manual
call me Deniz
do you have an agent in Germany?
my name is Human
is the customer service good?
The delivery person left it outside
I need a lamp for a person of 2 metres
can I get a lamp for someone?
do you ship lamps to your staff
someone from your team has already helped me
I was talking to an agent and the line broke
"""

ASKS_IN_TURKISH = """
temsilci
bir temsilciyle görüşmek istiyorum
temsilciye bağlar mısınız
müşteri temsilcisine bağlanmak istiyorum
canlı destek
canlı destek istiyorum
canlı desteğe bağlanmak istiyorum
gerçek bir insanla konuşmak istiyorum
gercek biriyle gorusebilir miyim
insanla görüşmek istiyorum
beni yetkiliye bağlayın
yetkili biriyle görüşmem lazım
müşteri hizmetleri
müşteri hizmetleriyle nasıl görüşürüm
operatöre aktarın lütfen
robotla konuşmak istemiyorum
bot istemiyorum, insan istiyorum
biriyle konuşabilir miyim
temsilciyle görüşemiyorum
musteri temsilcisi ile gorusmek istiyorum
temsilçiye bağla
insan yok mu orada
gerçek biri var mı
beni arayın lütfen
Lütfen bir yetkili benimle iletişime geçsin
siparişim gelmedi, müdürünüzle görüşmek istiyorum
bir insana ihtiyacım var
canlı temsilci lütfen
Ekibinizden biriyle görüşebilir miyim?
temsilci ile görüşmem gerek
müşteri temsilcisi istiyorum
"""

NO_WISH_IN_TURKISH = """
temsilci istemiyorum
temsilci istemiyorum sadece kargom nerede söyleyin
temsilciye gerek yok
temsilciyle görüşmek istemiyorum
temsilciniz iade edileceğini söyledi
dün temsilcinizle görüştüm
temsilciye bağlanmadan iptal edebilir miyim
beni temsilciye bağlamayın
iade için biriyle görüşmem gerekiyor mu
biriyle konuşmak zorunda mıyım
insan mısın
bir insanla mı konuşuyorum
robot musun
insan kaynakları e-postanız nedir
yetkili servis nerede
iki kişilik battaniye var mı
kaç kişi çalışıyorsunuz
bardaklardan biri kırık geldi
birine hediye almak istiyorum
kapıda kimse yoktu
temsilcilik vermek istiyor musunuz
canlı renkli yastık var mı
insan boyunda lamba var mı
kargo görevlisi ulaşmadı
siparişim hakkında konuşalım
bana Türkçe yazın
adım Deniz
teslimat ne kadar sürer
emlak danışmanıyım, toplu fiyat var mı
temsilciniz bana ulaştı
müşteri hizmetleri saat kaçta açık
müşteri hizmetleriniz çok iyi
paketi komşuya bırakan kişi kim
"""


def lines(table: str) -> list[str]:
    return table.strip().splitlines()


@pytest.mark.parametrize("text", lines(ASKS_IN_ENGLISH))
def test_english_words_that_ask_for_a_person(text):
    assert wants_person(text, "en")


@pytest.mark.parametrize("text", lines(NO_WISH_IN_ENGLISH))
def test_english_words_that_only_sound_like_it(text):
    assert wants_person(text, "en") is None


@pytest.mark.parametrize("text", lines(ASKS_IN_TURKISH))
def test_turkish_words_that_ask_for_a_person(text):
    assert wants_person(text, "tr")


@pytest.mark.parametrize("text", lines(NO_WISH_IN_TURKISH))
def test_turkish_words_that_only_sound_like_it(text):
    assert wants_person(text, "tr") is None


def test_a_wish_is_heard_in_the_other_language_than_the_page():
    assert wants_person("can I talk to a human", "tr").language == "en"
    assert wants_person("temsilciye bağlayın", "en").language == "tr"


def test_the_evidence_is_the_sentence_that_asks_and_hides_card_numbers():
    asked = wants_person("My card 4111 1111 1111 1111 fails. Let me talk to a human about 4111 1111 1111 1111!", "en")
    assert asked.evidence == "Let me talk to a human about •••• 1111"


def test_the_handoff_says_what_is_open_besides_the_wish():
    reply = asked_for(conversation("V: My lamp came without a plug", "A: …", "V: human please"))
    assert reply.handoff.code is ReasonCode.CUSTOMER_REQUEST
    assert reply.handoff.reason == "Asked for a person: “human please”."
    assert reply.handoff.open_question == "My lamp came without a plug"


def test_a_wish_as_the_very_first_words_hands_off_with_nothing_else_open():
    """FAILURES 14: "talk to a human" as the first click."""
    reply = asked_for(conversation("V: talk to a human"))
    assert reply.handoff.open_question == ""


def test_what_is_said_beside_the_wish_is_remembered():
    reply = asked_for(conversation("V: My order number is 10482, let me talk to a person"))
    assert [(memory.key, memory.value) for memory in reply.memories] == [("order_number", "10482")]


def test_an_old_wish_never_triggers_again():
    """FAILURES 26: only what is not answered yet is looked at."""
    thread = (
        "V: give me a human",
        "A: Let me bring in a teammate.",
        "P: Here I am.",
        "V: thanks, what does shipping cost?",
    )
    assert asked_for(conversation(*thread)) is None


def test_a_wish_in_two_messages_is_one():
    assert asked_for(conversation("V: can I talk", "V: to a person"))


def test_a_wish_taken_back_is_none():
    assert asked_for(conversation("V: human please", "V: never mind, what does shipping cost?")) is None
    assert asked_for(conversation("V: human please", "V: never mind me, just get me a human")) is not None


def test_nobody_waiting_asks_for_nobody():
    assert asked_for(conversation("V: human please", "A: Let me bring in a teammate.")) is None
