"""What the demo's assistant knows in Turkish."""

from __future__ import annotations

from vivollo.demo.shapes import Article, article

TURKISH: tuple[Article, ...] = (
    article(
        "tr",
        "teslimat-suresi",
        "Teslimat ne kadar sürer? Kargom ne zaman gelir?",
        "/demo/delivery/#times",
        "Stoktaki ürünler iki iş günü içinde kargoya verilir. Kargo Türkiye içinde 2-3 iş günü, Avrupa Birliği'ne 4-6 iş günü, Birleşik Krallık, Norveç ve İsviçre'ye 5-8 iş günü sürer.",
        "Siparişe özel dikilen abajurlarda bu süreye on iş günü eklenir, çünkü kumaş sizin için kesilir.",
    ),
    article(
        "tr",
        "kargo-ucreti",
        "Kargo ücreti ne kadar?",
        "/demo/delivery/#costs",
        "Türkiye içinde kargo ücreti 120 TL'dir, 2.000 TL ve üzeri siparişlerde ücretsizdir. Avrupa Birliği'ne 9 avro, 120 avrodan itibaren ücretsizdir.",
    ),
    article(
        "tr",
        "siparis-takibi",
        "Siparişim nerede? Kargo takibi",
        "/demo/delivery/#tracking",
        "Siparişiniz yola çıkınca “Kargonuz yola çıktı” konulu bir e-posta gelir. İçindeki takip bağlantısı paketin nerede olduğunu ve hangi gün geleceğini gösterir.",
        "E-postayı bulamazsanız istenmeyen klasörüne bakın ya da sipariş numaranız ve e-posta adresinizle sipariş sayfasını açın.",
    ),
    article(
        "tr",
        "iade",
        "İade nasıl yapılır?",
        "/demo/returns/#thirty-days",
        "Kullanılmamış her ürünü teslimattan sonra otuz gün içinde iade edebilirsiniz. Sipariş sayfasında iadeyi kaydedin, etiketi yazdırın ve paketi kargo şubesine bırakın. Türkiye içinde iade kargosu ücretsizdir.",
        "Siparişe özel dikilen abajurlar yalnızca kusurluysa, havlular yalnızca kağıt bandı açılmamışsa iade alınır.",
    ),
    article(
        "tr",
        "para-iadesi",
        "Param ne zaman iade edilir?",
        "/demo/returns/#refunds",
        "İade atölyemize ulaştıktan sonra beş iş günü içinde ödemeyi yaptığınız karta ya da hesaba para iadesi yaparız. Bankanızın bunu göstermesi iki üç gün daha sürer.",
    ),
    article(
        "tr",
        "hasarli",
        "Ürün kırık ya da hasarlı geldi",
        "/demo/returns/#damaged",
        "Lamba, bardak, cam ya da başka bir parça kırık çıktıysa çok üzgünüz. On dört gün içinde hasarın ve kutunun fotoğrafını gönderin, kutuyu yanıt gelene kadar saklayın.",
        "Kırılan parçayı ücretsiz olarak yeniden göndeririz ya da ürünü geri alıp paranızı iade ederiz; nasıl isterseniz.",
    ),
    article(
        "tr",
        "siparis-iptali",
        "Sipariş iptali ve adres değişikliği",
        "/demo/delivery/#changes",
        "Siparişinizi paketlenene kadar, genellikle ertesi iş gününün sabahına dek, onay e-postasındaki bağlantıdan iptal edebilir ya da teslimat adresini değiştirebilirsiniz.",
        "Paketlendiyse lütfen kargoyu teslim alıp otuz gün içinde iade edin.",
    ),
    article(
        "tr",
        "odeme",
        "Ödeme yöntemleri ve taksit",
        "/demo/paying/#methods",
        "Kredi kartı (Visa, Mastercard), PayPal ve havale ile ödeyebilirsiniz. Türkiye'deki kartlara altı aya kadar vade farksız taksit vardır.",
        "Kartınızdan ödeme, paket yola çıkınca alınır.",
    ),
    article(
        "tr",
        "garanti",
        "Garanti neleri kapsar?",
        "/demo/returns/#warranty",
        "Kablolu her ürün üç yıl, dikişler ve fermuarlar iki yıl garantilidir. Sipariş numarası yeterlidir.",
        "Pirincin kararması ve ketenin yumuşaması garanti kapsamında değildir; olması gereken budur.",
    ),
    article(
        "tr",
        "atolye",
        "İzmir'deki atölyeyi ziyaret",
        "/demo/about/#workshop",
        "Atölyemiz Kemeraltı, 871 Sokak No 14, Konak, İzmir adresindedir; salıdan cumartesiye 10.00-18.00 arası açıktır. Zili iki kez çalın.",
    ),
)
