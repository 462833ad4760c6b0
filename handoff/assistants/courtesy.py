"""Small talk and the few fixed sentences for it: they are polite, true, and never pretend to know anything."""

from __future__ import annotations

import re

from handoff.assistants.words import fold

_PHRASES: tuple[tuple[str, str], ...] = (
    (
        "bot",
        r"(?:are|r|aren't|am|is|bist) (?:you|u|i|this) (?:really |just |talking (?:to|with) |speaking (?:to|with) |chatting with )*(?:a |an |the |some )?(?:real |actual |live )?"
        r"(?:bot|robot|human|ai|machine|person|chatbot|computer|real)(?: person| human| being)?(?: or (?:a |an )?(?:bot|robot|human|ai|machine|person|computer))?"
        r"|who are you|what are you|what is your name|what's your name"
        r"|(?:sen |siz )?(?:gercek )?(?:bir )?(?:bot|robot|insan|yapay zeka) (?:mu|mi)(?:sun|sin|sunuz|siniz|yim)?(?: (?:yoksa )?(?:bot|robot|insan) (?:mu|mi)(?:sun|sin|sunuz|siniz)?)?"
        r"|(?:bir )?(?:insanla|robotla|botla) (?:mi|mu) (?:konusuyorum|gorusuyorum|yazisiyorum)|kimsin(?:iz)?|adin(?:iz)? ne",
    ),
    (
        "thanks",
        r"(?:many |ok |okay )?(?:thanks?|thx|ty|tysm|cheers|thank you|thank u)(?: you)?(?: (?:so|very) much| a lot| a million| again| for (?:your|the|all your) (?:help|answer|time|quick answer|information))*"
        r"|much appreciated|that helps?(?: a lot| me)?|that helped(?: a lot| me)?|perfect|great|awesome|brilliant|lovely|wonderful|very helpful"
        r"|(?:cok )?(?:tesekkur(?:ler)?(?: ederim| ederiz)?|sag ?ol(?:un|asin)?|eyvallah|mersi)(?: cok| ederim)?|super|harika|cok yardimci oldunuz",
    ),
    (
        "goodbye",
        r"(?:good ?bye|bye(?: bye)?|see (?:you|ya)(?: later| soon| around)?|have a (?:nice|good|great|lovely) (?:day|one|evening|weekend)|that'?s all|that is all|that was all|nothing else|no more questions)"
        r"|gorusuruz|hosca ?kal(?:in)?|gule gule|iyi gunler dilerim|bu kadar(?:di)?|baska sorum yok|kolay gelsin",
    ),
    (
        "open",
        r"(?:can|could|would) (?:you|u|someone|anyone|anybody|somebody) (?:please )?help(?: me)?(?: out)?(?: please)?|i (?:need|want)(?: some| your)? help|help(?: me)?(?: please)?|i have (?:a|another|one more|one) (?:question|problem)"
        r"|(?:can|may|could) i ask(?: you)? (?:a question|something)|(?:got )?a question|quick question|i need (?:some )?(?:help|assistance|support)|what can you do|is any(?:one|body) (?:there|here)|any(?:one|body) there"
        r"|yardim(?:ci olur musunuz| eder misin(?:iz)?| lazim| istiyorum)?|bana yardim(?:ci olabilir misin(?:iz)?| eder misin(?:iz)?)?|(?:bir )?(?:sorum|sey soracagim|sorunum|sey sormak istiyorum)(?: var| olacakti)?|yardimci olabilir misin(?:iz)?|orada misin(?:iz)?|kimse yok mu",
    ),
    (
        "how",
        r"how (?:are|r) (?:you|u|things)(?: doing)?(?: today)?|how'?s it going|what'?s up|nasilsin(?:iz)?|ne haber|naber",
    ),
    (
        "greeting",
        r"hi+|hello+|hey+|hiya|yo|howdy|greetings|good (?:morning|afternoon|evening|day)|hallo|hola|bonjour"
        r"|merhaba(?:lar)?|mrb|slm|selam(?:lar)?|selamun aleykum|gunaydin|iyi (?:gunler|aksamlar|geceler)|tunaydin",
    ),
    (
        "yes",
        r"ok(?:ay|ey)?|k|kk|yes|yep|yeah|yup|sure|alright|all right|fine|got it|i see|understood|no|nope|no thanks?|no thank you|never ?mind|nvm|forget (?:it|about it)|cool|good"
        r"|tamam(?:dir)?|peki|olur|evet|hayir|yok|anladim|bosver|vazgectim",
    ),
)
_FILLER = r"there|again|please|pls|everyone|all|team|sir|madam|guys|assistant|and|so|well|oh|ah|haha|lol|then|now|you|too|but|just|lutfen|cok|de|da|o zaman|ve|size|tum ekip|hocam|canim|arkadaslar"
_MATCHERS = tuple((kind, re.compile(rf"(?<![\w'])(?:{pattern})(?![\w'])")) for kind, pattern in _PHRASES)
_REST = re.compile(rf"(?<!\w)(?:{_FILLER})(?!\w)|[\W_]+")

_ANSWERS = {
    "en": {
        "bot": "I am {name}, an AI assistant. I answer from our help articles, and I bring in a teammate whenever you ask for one.",
        "thanks": "You are welcome. I am here if there is anything else.",
        "goodbye": "Goodbye, and thank you for writing.",
        "open": "Of course. What is it about?",
        "how": "Thank you for asking; I am an AI assistant and ready to help. What is it about?",
        "greeting": "Hello, I am {name}, an AI assistant. What can I help you with?",
        "yes": "All right. I am here if there is anything else.",
        "unclear": "I am not sure what you mean. Could you tell me in a few words what you need?",
    },
    "tr": {
        "bot": "Ben {name}, bir yapay zeka asistanıyım. Yardım yazılarımızdan yanıt veririm; isterseniz bir ekip arkadaşımı çağırırım.",
        "thanks": "Rica ederim. Başka bir şey olursa buradayım.",
        "goodbye": "Hoşça kalın, yazdığınız için teşekkürler.",
        "open": "Elbette. Konu nedir?",
        "how": "Sorduğunuz için teşekkürler; ben bir yapay zeka asistanıyım ve yardıma hazırım. Konu nedir?",
        "greeting": "Merhaba, ben {name}, bir yapay zeka asistanıyım. Nasıl yardımcı olabilirim?",
        "yes": "Tamam. Başka bir şey olursa buradayım.",
        "unclear": "Ne demek istediğinizi anlayamadım. Neye ihtiyacınız olduğunu birkaç kelimeyle yazar mısınız?",
    },
}


def small_talk(text: str) -> str:
    """The kind of small talk that a text is; empty as soon as it says anything else besides."""
    rest, kinds = fold(text), []
    for kind, pattern in _MATCHERS:
        rest, count = pattern.subn(" ", rest)
        if count:
            kinds.append(kind)
    return kinds[0] if kinds and not _REST.sub("", rest) else ""


def courtesy(kind: str, language: str, name: str) -> str:
    """The fixed sentence for this kind, in the visitor's language where we have it."""
    return _ANSWERS.get(language, _ANSWERS["en"])[kind].format(name=name)


def is_courtesy(text: str, name: str) -> bool:
    """True for one of our own fixed sentences: repeating a question after one of these is no loop."""
    return any(text == sentence.format(name=name) for table in _ANSWERS.values() for sentence in table.values())
