"""Refund over an amount: large refunds go to a person at once, small ones are explained."""

from __future__ import annotations

from handoff.flows.ready.shape import Data, Names, Ready, email, keep, say, step

LIMIT = "500"
REFUND = [
    "I want a refund",
    "I would like a refund, please",
    "I want my money back",
    "Could I get my money back?",
    "Please refund my order",
    "Please pay me back what I paid",
    "Refund of 640 TL for order 10482",
    "I need a refund, it was 320 TL",
    "I'd like to get a refund for my lamp",
    "It arrived broken and I want my money back",
    "It came broken, refund please",
    "I do not like it, I would like a refund",
    "I am sending it back, please refund me",
    "I want to return it and get my money back",
    "I returned it, I want my refund now",
    "Give me a refund for the throw",
    "Refund the towels please",
    "You sent the wrong cushion, I want a refund",
    "It never came, refund me",
    "Can you pay me back 750 lira?",
    "I changed my mind and want a refund",
    "I expect a full refund",
    "It does not work, I want my money back",
    "Refund 89 euro to my card",
    "Return my money",
]
TURKISH = [
    "iade istiyorum",
    "iade talep ediyorum",
    "Para iadesi istiyorum",
    "Paramı geri istiyorum",
    "Param iade edilsin",
    "Lambayı iade etmek istiyorum",
    "10482 numaralı sipariş için 640 TL iade istiyorum",
    "Kırık geldi, paramı geri verin",
    "Ürünü iade edip paramı almak istiyorum",
    "Paramı iade eder misiniz?",
]
# Close to a refund and none: without these, each question about returns would be taken for one.
QUESTION = [
    "How long do I have to return something?",
    "How do I return something?",
    "When do I get my money back?",
    "How long does a refund take?",
    "I sent it back, when will I see the refund?",
    "What does it cost to send something back?",
    "What is your refund policy?",
    "To which card do you refund?",
    "Has my refund been sent yet?",
    "Do you refund the postage?",
    "My lamp arrived broken",
    "I was charged twice",
    "Where is my order?",
    "My order is late",
    "Can I cancel my order?",
    "I want to order a bigger lamp",
    "I want to talk to a person",
    "İade nasıl yapılır?",
    "İade süresi kaç gün?",
    "Param ne zaman iade edilir?",
    "Para iadesi ne kadar sürer?",
    "İade ücretli mi?",
    "Bir temsilciyle görüşmek istiyorum",
    "Siparişim nerede?",
    "Siparişim gelmedi",
    "Lamba kırık geldi",
]
AMOUNT = "{{amount}} {{amount_currency}}"
SMALL = (
    f"Thank you. Nobody has to approve a refund of {AMOUNT}: it is made as soon as what you send back from order {{{{order}}}} "
    "has arrived, to the card or account that paid. Is there anything else?"
)


# In another currency nobody here can tell what the limit is: a person looks at it.
OVER = [
    {"subject": "amount", "negate": False, "test": "greater", "value": LIMIT, "second": ""},
    {"subject": "amount_currency", "negate": True, "test": "equals", "value": "TRY", "second": ""},
]


def data(names: Names) -> Data:
    """The flow, as plain data."""
    return {
        "entries": {"fallback": {"step": "wish"}, "resolving": {"step": "rating"}},
        "steps": [*_sorting(), *_questions(names), *_large(names), *_small(), *_afterwards(names)],
    }


def _sorting() -> list[Data]:
    intents = [
        {"name": "Refund", "examples": REFUND},
        {"name": "Refund in Turkish", "examples": TURKISH},  # apart: examples in two languages blur each other
        {"name": "Question", "examples": QUESTION},
    ]
    return [
        step("wish", "intent", "What do they want?", {"intents": intents, "sureness": "bold"},
             refund="order", refund_in_turkish="order", question="assistant", none="assistant"),
        step("assistant", "assistant", "The assistant answers", {"answers": 1}, answered="wish"),
    ]  # fmt: skip


def _questions(names: Names) -> list[Data]:
    order = {
        "question": "I can help with that. What is your order number? It is in the confirmation e-mail.",
        "kind": "order_number", "variable": "order", "tries": 3, "listen": True, "remember": "order_number",
    }  # fmt: skip
    amount = {
        "question": "Thank you. And how much should be refunded? For example: 640 TL.",
        "kind": "amount", "variable": "amount", "currency": "TRY", "tries": 3, "listen": True,
    }  # fmt: skip
    return [
        step("order", "ask", "Order number", order, answered="amount", gave_up="unclear"),
        step("amount", "ask", "Amount", amount, answered="keep_amount" if names.amount_field else "limit", gave_up="unclear"),
        *keep("keep_amount", "Keep the amount", names.amount_field, "{{amount}}", "limit"),
        step("limit", "condition", "Over the limit?", {"match": "any", "conditions": OVER}, yes="mark", no="small"),
        step(
            "unclear", "hand_off", "Nothing fits: a person asks",
            {"reason": "Wants a refund, but what they wrote is no order number or no amount.", "code": "low_confidence"},
            returned="back",
        ),
    ]  # fmt: skip


def _large(names: Names) -> list[Data]:
    told = (
        f"Thank you. A person from our team looks at each refund over {LIMIT} first. "
        "Let me bring in a teammate: they will have our whole conversation."
    )
    late = "I am sorry: nobody was free in time. Your refund is not forgotten, and you need not wait here."
    asked = "To which e-mail address should we answer?"
    reason = f"Refund of {AMOUNT} for order {{{{order}}}}: over the limit of {LIMIT}."
    request = {"reason": reason, "code": "high_value", "urgency": "high", "team": names.team, "quiet": True}
    noted = {"reason": f"{reason} Nobody was free in time."} | {"code": "high_value", "team": names.team, "quiet": True}
    answer = noted | {"reason": f"{reason} Nobody was free in time: answer to {{{{email}}}}."}
    return [
        step("mark", "tag", "Tag it", {"tag": names.tag}, next="tell"),
        say("tell", "Say who comes", told, "person"),
        step("person", "hand_off", "A teammate decides", request | {"expires": 1800}, returned="back", expired="late"),
        say("late", "Say that nobody came", late, "contact"),
        email("contact", "E-mail address", asked, answered="by_email", gave_up="by_chat"),
        step("by_email", "hand_off", "A teammate answers by e-mail", answer, returned="back"),
        step("by_chat", "hand_off", "A teammate answers here", noted, returned="back"),
        say("back", "Welcome back", "{{person.name}} has looked into it, and I am here again. Is there anything else?", "wish"),
    ]  # fmt: skip


def _small() -> list[Data]:
    return [say("small", "How small refunds work", SMALL, "wish", ("How do I return something?", "No, thank you"))]


def _afterwards(names: Names) -> list[Data]:
    # Who writes something else than a rating is answered first: the conversation stays open for it.
    rating = {
        "question": "Before you go: how did we do, from 1 (badly) to 5 (very well)?",
        "kind": "choice", "variable": "rating", "options": ["1", "2", "3", "4", "5"], "tries": 1,
    }  # fmt: skip
    return [
        step("rating", "ask", "Ask for a rating", rating,
             answered="keep_rating" if names.rating_field else "thanks", gave_up="end"),
        *keep("keep_rating", "Keep the rating", names.rating_field, "{{rating}}", "thanks"),
        say("thanks", "Thank them", "Thank you. Have a good day!", "end"),
    ]  # fmt: skip


REFUND_OVER_AMOUNT = Ready(
    name="Refund over an amount",
    description=(
        f"Recognises a refund by examples, asks for the order and the amount, and brings in a person over {LIMIT}. Smaller "
        "ones are explained, and everything else goes to the assistant. Asks for a rating before the conversation is closed."
    ),
    data=data,
    needs=(
        "A tag for conversations about large refunds.",
        f"Your own words for how small refunds work, and your limit where {LIMIT} is not it: it stands in the condition, in one message and in the reasons.",
        "Examples in your customers’ words, if you sell something else than lamps.",
    ),
)
