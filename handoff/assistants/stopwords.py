"""Words that say little about what is asked: none at all (STOP), or the same in every question (WEAK)."""

from __future__ import annotations

_ENGLISH_STOP = """
a an the this that these those there here it its it's itself he she they them his her their we us our ours you your
yours i me my mine myself who whom whose what which when where why how is are am was were be been being do does did
doing done don't doesn't didn't don dont doesnt didnt isn't isnt aren't wasn't has have had having haven't havent hasn't can could can't cant cannot couldn't will would won't wont
wouldn't shall should shouldn't may might must of in on at to from by for with without about into onto over under
after before between during up down out off as if then than so such or and but nor not no yes yeah ok okay please pls
plz hi hello hey thanks thank just only also too very really quite some any each every all both few more most other
again once now still already yet even ever never i'm im i'd i'll i've ive you're youre you'd it'd that's thats what's whats
where's wheres how's who's there's let's lets let gonna wanna gotta like would've kindly sorry excuse dear sir madam
hmm um uh well actually basically maybe perhaps something anything someone anyone somebody anybody because since while
via per etc bit little lot lots
"""

_ENGLISH_WEAK = """
want wants wanted need needs needed know tell say said ask asking question help helping get gets getting got give make
makes go going goes come comes take takes took find look looking see show use using used work works thing things stuff
way possible able long much many time times day days week today tomorrow yesterday good new old one two first last same
different sure wonder wondering think hope understand explain info information happen happens problem issue trouble
have buy bought purchase purchased item items product products does start best kind type cover exactly usually right
came came policy policies rules rule conditions terms offer offers put try tried trying keep every else another possibly sell
"""

_TURKISH_STOP = """
ve veya ya da de ki mi mu bu su o bunu sunu onu buna ona bunun onun ben sen biz siz onlar bana sana bize size beni seni
benim senin bizim sizin bir icin ile gibi kadar daha cok az en ama fakat ancak cunku eger ise iken diye her hic hep
ne neden nicin niye nasil hangi hangisi kim nerede nereye nereden kac var yok evet hayir tamam lutfen merhaba selam
tesekkurler tesekkur ederim sagol sagolun acaba peki sey olarak oldu olur olan olmus olacak ediyor edin eder etmek
etmem edebilir miyim misiniz musunuz musun misin miydi degil simdi artik zaten bile sadece hem hala henuz yani iste
olarak sonra once uzere gore dogru biri
"""

_TURKISH_WEAK = """
istiyorum isterim istiyor istemistim lazim gerek gerekiyor gerekli bilgi ogrenmek ogrenebilir sormak sorum soru yardim yardimci
alabilir alabilirim almak aldim aldigim yapmak yapabilir yapabilirim yapmam yapiyorum yapilir yapiliyor zaman gun gunde bugun yarin
dun sure suresi surer sorun problem urun urunu urunler verir verebilir verdim kaldi cikti gelmedi olabilir mumkun hakkinda ilgili
"""

STOP = frozenset((_ENGLISH_STOP + _TURKISH_STOP).split())
WEAK = frozenset((_ENGLISH_WEAK + _TURKISH_WEAK).split())
