# What the skill says, and what stands on its cards. One question in a turn, at its end; a reprompt is
# shorter and different. Titles, names and amounts come from outside and are escaped when they are spoken.
# Nothing here names a code, an address or an order's number aloud: those belong on cards.

## Coming and going

welcome = Willkommen bei { $shop }, dem Markt der kleinen Manufakturen. Was suchst du?
welcome-again = Du kannst etwas nennen, zum Beispiel Baguette, oder Hilfe sagen. Was suchst du?
welcome-cart = Willkommen zurück bei { $shop }. In deinem Einkaufswagen { $count ->
        [one] liegt ein Artikel
       *[other] liegen { $count } Artikel
    }. Möchtest du zur Kasse gehen?
welcome-cart-again = Du kannst zur Kasse gehen oder etwas anderes suchen. Möchtest du zur Kasse gehen?
help = Du kannst etwas suchen, zum Beispiel so: suche Baguette. Du kannst es in deinen Einkaufswagen legen, hören, was drin ist, und mit Amazon Pay bezahlen. Später kannst du fragen, wo deine Bestellung ist, sie stornieren oder dein Geld zurückverlangen. Wie du deine Zahlungsart änderst, steht auf einer Karte in deiner Alexa-App. Was möchtest du tun?
help-again = Sag zum Beispiel: suche Baguette. Was möchtest du tun?
stop = Tschüss.
stop-cart = Tschüss. Ich hebe deinen Einkaufswagen bis zum nächsten Mal auf.
fallback = Das habe ich nicht verstanden. Du kannst etwas suchen, deinen Einkaufswagen anhören oder zur Kasse gehen. Was möchtest du tun?
fallback-again = Sag Hilfe, um zu hören, was ich kann. Was möchtest du?
nothing-asked = Gerade ist keine Frage offen. Du kannst etwas suchen, deinen Einkaufswagen anhören oder zur Kasse gehen. Was möchtest du tun?
nothing-to-repeat = Ich habe noch nichts gesagt. Was suchst du?

## Looking

found-one = Ich habe { $title } von { $seller } gefunden, für { $price }. Soll ich das in deinen Einkaufswagen legen?
found-one-again = Soll ich { $title } in deinen Einkaufswagen legen?
found-some = Ich habe Folgendes gefunden: { $list }. Worüber möchtest du mehr hören?
found-some-again = Nenn mir bitte eins davon. Was soll es sein?
found-item = { $title } für { $price }
found-none = Zu { $words } habe ich nichts gefunden. Was soll ich sonst suchen?
found-none-again = Was soll ich sonst suchen?
which-product = Was möchtest du hinzufügen?
which-product-again = Nenn mir bitte etwas, zum Beispiel Baguette. Was möchtest du?
which-find = Was suchst du?
details = { $title } von { $seller } gibt es für { $price }. { $about } { $left ->
        [one] Davon ist noch ein Stück da.
       *[other] Davon sind noch { $left } Stück da.
    } Soll ich das in deinen Einkaufswagen legen?
details-sold-out = { $title } ist leider ausverkauft. Was soll ich sonst suchen?
subscription = { $title } ist ein Abo, das du auf der Website abschließen kannst. Was soll ich sonst suchen?
service = { $title } ist eine Dienstleistung, die du auf der Website buchen kannst. Was soll ich sonst suchen?

## The cart

added = { $quantity ->
        [one] { $title } liegt jetzt in deinem Einkaufswagen.
       *[other] { $quantity } Mal { $title } liegt jetzt in deinem Einkaufswagen.
    }
only-left = Von { $title } { $left ->
        [0] ist nichts mehr
        [one] ist nur noch ein Stück
       *[other] sind nur noch { $left } Stück
    } da. Was soll ich sonst suchen?
too-many = Von einem Artikel kann ich höchstens { $most } Stück in deinen Einkaufswagen legen. Wie viele möchtest du?
ask-checkout = Möchtest du zur Kasse gehen?
ask-checkout-again = Du kannst auch noch etwas anderes suchen. Möchtest du zur Kasse gehen?
upsell = Von { $seller } gibt es auch { $title }, für { $price }. Du kannst einfach Nein sagen. Möchtest du das auch?
upsell-again = Soll ich { $title } dazulegen?
all-right = In Ordnung.
cart-empty = Dein Einkaufswagen ist leer. Was suchst du?
cart-empty-again = Du kannst zum Beispiel sagen: suche Baguette. Was suchst du?
cart = In deinem Einkaufswagen { $count ->
        [one] liegt
       *[other] liegen
    } { $list }. Das macht { $total }, plus Versand. Möchtest du zur Kasse gehen?
cart-more = { $list }, und noch mehr
cart-line = { $quantity ->
        [one] { $title }
       *[other] { $quantity } Mal { $title }
    }
removed = Ich habe { $title } aus deinem Einkaufswagen genommen.
removed-empty = Ich habe { $title } herausgenommen, und jetzt ist dein Einkaufswagen leer. Was suchst du?
not-in-cart = { $title } ist nicht in deinem Einkaufswagen. Was möchtest du tun?
which-remove = Was soll ich herausnehmen?
list-and = { $first } und { $last }

## Checking out

review = Hier ist deine Bestellung. { $parcels } Sie geht an { $name } in { $city } und ist in drei bis sechs Tagen da. Amazon Pay bucht { $total } ab, inklusive Steuern und Versand. Soll ich die Bestellung aufgeben?
review-again = Bevor du Ja sagst, wird nichts abgebucht. Soll ich die Bestellung aufgeben?
review-parcel = Von { $seller }: { $list }, zusammen { $total }, inklusive { $delivery } Versand{ $tax ->
        [none] .
       *[other] { " " }und { $tax } Steuern.
    }
review-digital = Hier ist deine Bestellung. { $parcels } Über Amazon Pay werden { $total } abgebucht, inklusive Steuern. Soll ich bestellen?
review-parcel-digital = Von { $seller }: { $list }, { $total }, sofort geliefert.
review-card-title = Deine Bestellung bei { $shop }
review-card = { $lines }
    Versand: { $delivery }
    Steuern: { $tax }
    Gesamt: { $total }

    Verkäufer: { $seller }
    Lieferung an: { $address }
changed = Dein Einkaufswagen oder ein Preis hat sich inzwischen geändert, deshalb wurde nichts bestellt. { $review }
not-ordered = In Ordnung, ich habe nichts bestellt. Dein Einkaufswagen bleibt, wie er ist. Was möchtest du tun?
no-voice-pay = Es wurde nichts abgebucht. In diesem Shop kannst du nicht per Sprache bezahlen. Dein Einkaufswagen bleibt, wie er ist, und du kannst auf der Website einkaufen; den Link habe ich dir in die Alexa-App geschickt.
cannot-deliver = Es wurde nichts abgebucht. An die Adresse, die Amazon Pay genannt hat, können wir dein Paket nicht liefern. Du kannst den Kauf auf der Website abschließen; den Link habe ich dir in die Alexa-App geschickt.
no-address = Es wurde nichts abgebucht, und dein Einkaufswagen bleibt erhalten. Amazon Pay hat nicht gesagt, wohin dein Paket gehen soll. Du kannst in den Einstellungen deines Amazon-Kontos eine Adresse festlegen und dann noch einmal zur Kasse gehen.
cart-trouble = { $title } ist gerade nicht erhältlich, deshalb wurde nichts bestellt. Soll ich das aus deinem Einkaufswagen nehmen?
cart-trouble-again = Soll ich { $title } herausnehmen?
bought = Danke. Deine Bestellung bei { $seller } ist aufgegeben. Abgebucht wird erst beim Versand, und zwar { $total }. Die Einzelheiten findest du in deiner Alexa-App.
bought-delivered = Danke. Deine Bestellung bei { $seller } ist bezahlt, { $total }, und schon geliefert: Du findest sie auf der Seite der Bestellung, der Link ist in deiner Alexa-App.
bought-paid = Danke. Deine Bestellung bei { $seller } ist bezahlt: { $total }. Die Einzelheiten findest du in deiner Alexa-App.
bought-looking = Danke. Amazon prüft deine Zahlung von { $total } an { $seller } noch. Ich schreibe dir, sobald das entschieden ist; bis dahin wird nichts abgebucht.
bought-too-late = Die Bestellung war schon aufgehoben, bevor die Zahlung kam, deshalb wird nichts abgebucht. Möchtest du noch einmal zur Kasse gehen?
bought-elsewhere = Es wurde gerade nichts abgebucht. Ich habe keine Bestellung, die darauf wartet. Was möchtest du tun?
waiting-ask = Zu deiner Bestellung bei { $seller } über { $total } habe ich keine Antwort bekommen. Es wird nichts doppelt abgebucht. Soll ich bei Amazon Pay noch einmal nachfragen?
waiting-ask-again = Soll ich noch einmal nachfragen?
waiting-looking = Amazon prüft deine Zahlung von { $total } an { $seller } noch. Frag mich einfach später, wo deine Bestellung ist. Was kann ich sonst für dich tun?
rest-changed = { $said } Der Rest deines Einkaufswagens oder ein Preis hat sich inzwischen geändert. { $review }
setup-elsewhere = Dein Amazon Pay ist bereit. Was möchtest du tun?
bought-card-title = Bestellung { $number }
bought-card = { $lines }
    Gesamt: { $total }

    Verkäufer: { $seller }
    Deine Bestellung im Web: { $link }

## After the sale

status-none = Du hast noch keine Bestellungen. Was suchst du?
status = Deine Bestellung bei { $seller } vom { $date }, über { $total }: { $state } Was kann ich noch für dich tun?
status-again = Was kann ich noch für dich tun?
state-placed = Sie wartet auf deine Zustimmung, und es wurde nichts abgebucht.
state-consented = Deine Zahlung wird gerade bestätigt.
state-reserved = Sie wird gerade verpackt. Abgebucht wird erst beim Versand.
state-paid = Sie ist bezahlt und wird gerade verpackt.
state-shipped = Sie ist unterwegs zu dir.
state-delivered = Sie ist bezahlt und geliefert; du findest sie auf der Seite der Bestellung.
state-service-held = Sie wartet darauf, ausgeführt zu werden. Abgebucht wird erst danach.
state-service-paid = Sie ist bezahlt und wartet darauf, ausgeführt zu werden.
state-done = Sie ist ausgeführt und bezahlt.
state-refunded = Sie wurde erstattet.
state-cancelled = Sie wurde storniert, und es wurde nichts abgebucht.
state-declined = Die Zahlung wurde abgelehnt, und es wurde nichts abgebucht.
state-expired = Die Zeit ist abgelaufen, und es wurde nichts abgebucht.
order-card-title = Bestellung { $number }
order-card = { $state }
    Gesamt: { $total }

    Verkäufer: { $seller }
    Dem Verkäufer schreiben, stornieren oder Geld zurückverlangen: { $link }
cancel-none = Es gibt keine Bestellung, die du stornieren kannst. Wie du uns erreichst, steht in deiner Alexa-App. Was kann ich sonst tun?
cancel-ask = Soll ich deine Bestellung bei { $seller } über { $total } stornieren?
cancel-ask-again = Bevor du Ja sagst, wird nichts storniert. Soll ich sie stornieren?
cancelled = Deine Bestellung bei { $seller } wird storniert, und es wird nichts abgebucht. Was kann ich noch für dich tun?
cancel-too-late = Diese Bestellung ist schon bezahlt. Möchtest du dein Geld zurückverlangen?
refund-none = Es gibt nichts zu erstatten. Wie du uns erreichst, steht in deiner Alexa-App. Was kann ich sonst tun?
refund-ask = Soll ich dir deine Bestellung bei { $seller } komplett erstatten, also { $total }?
refund-ask-shipped = Deine Bestellung bei { $seller } ist schon verschickt, deshalb entscheidet der Verkäufer. Soll ich { $total } für dich zurückverlangen?
refund-ask-done = Deine Bestellung bei { $seller } ist schon abgeschlossen, deshalb entscheidet der Verkäufer. Soll ich { $total } für dich zurückverlangen?
refund-ask-again = Bevor du Ja sagst, passiert nichts. Soll ich weitermachen?
refunded = Du bekommst { $total } zurück. Es kann ein paar Tage dauern, bis du das Geld siehst. Was kann ich noch für dich tun?
refund-asked = Ich habe bei { $seller } die Erstattung beantragt, und die Antwort bekommst du per E-Mail. Was kann ich noch für dich tun?
refund-asked-before = Deine Anfrage liegt schon bei { $seller } und wird noch beantwortet. Was kann ich noch für dich tun?
refund-not-charged = Für diese Bestellung wurde noch nichts abgebucht. Möchtest du sie stattdessen stornieren?
refund-not-charged-again = Soll ich sie stornieren?
left-alone = In Ordnung, ich lasse alles, wie es ist. Was kann ich noch für dich tun?
contact-card-title = So erreichst du uns
contact-card = Bestellungen, Stornierungen und Erstattungen: { $link }
    Dem Verkäufer kannst du auf der Seite jeder Bestellung schreiben.
refund-reason = Per Sprache angefragt.

## Paying

payment-help = Amazon Pay verwendet die Adresse und die Zahlungsart aus deinen One-Click-Einstellungen bei Amazon. Wie du sie änderst, steht auf einer Karte in deiner Alexa-App. Was kann ich noch für dich tun?
payment-help-card-title = Deine 1-Click-Einstellungen ändern
payment-help-card = Amazon Pay verwendet die Standardadresse und die Standardzahlungsart aus deinen 1-Click-Einstellungen: { $link }
consent = Um per Sprache zu bezahlen, erlaube bitte Amazon Pay für diesen Skill in deiner Alexa-App. Ich habe dir dort eine Karte hinterlassen. Dein Einkaufswagen bleibt erhalten.
consent-early = Willkommen bei { $shop }. Um per Sprache zu kaufen, erlaube bitte Amazon Pay in deiner Alexa-App; ich habe dir dort eine Karte hinterlassen. Was suchst du?
finish-card-title = Auf der Website abschließen
finish-card = Dein Einkaufswagen bleibt erhalten, und es wurde nichts abgebucht. So schließt du den Kauf mit einer anderen Zahlungsart ab: { $link }
link-needed = Um das im Web zu sehen, verknüpfe bitte dein Konto; ich habe dir eine Karte in die Alexa-App geschickt.

## When something goes wrong: one message for each way it can, see the skill's table of errors

error-amazon-spoke = Es wurde nichts abgebucht. Dein Einkaufswagen bleibt erhalten.
error-amazon-spoke-later = Es wurde nichts abgebucht. Dein Einkaufswagen bleibt erhalten, und du kannst es später noch einmal versuchen.
error-merchant = Es wurde nichts bestellt und nichts abgebucht, weil bei uns etwas nicht stimmt. Wir wissen Bescheid. Dein Einkaufswagen bleibt erhalten, und du kannst den Kauf auf der Website abschließen; den Link habe ich dir in die Alexa-App geschickt.
error-again-later = Es wurde nichts abgebucht. Amazon Pay ist gerade nicht erreichbar. Dein Einkaufswagen bleibt erhalten, versuch es also bitte in ein paar Minuten noch einmal.
error-consent = Es wurde nichts abgebucht. Um per Sprache zu bezahlen, erlaube bitte Amazon Pay für diesen Skill in deiner Alexa-App; ich habe dir dort eine Karte hinterlassen. Dein Einkaufswagen bleibt erhalten.
error-app = Es wurde nichts abgebucht. Dein Einkaufswagen bleibt erhalten. Schau bitte in deine Alexa-App.
error-try-code = Es wurde nichts abgebucht. Deinen Sprachcode findest du in der Alexa-App. Möchtest du es noch einmal versuchen?
error-try-code-again = Dein Einkaufswagen bleibt erhalten. Soll ich es noch einmal versuchen?
error-agreement = Es wurde nichts abgebucht. Sieh dir bitte deine Zahlungsart bei Amazon an; ich habe dir eine Karte in die Alexa-App geschickt. Dein Einkaufswagen bleibt erhalten.
error-limit = Es wurde nichts abgebucht: Mit dieser Bestellung würdest du den Höchstbetrag erreichen, der sich im Monat per Sprache bezahlen lässt. Dein Einkaufswagen bleibt erhalten, und du kannst den Kauf auf der Website abschließen; den Link habe ich dir in die Alexa-App geschickt.
error-unclear = Ich weiß noch nicht, wie deine Zahlung ausgegangen ist. Es wird nichts doppelt abgebucht. Frag mich bitte in ein paar Minuten, wo deine Bestellung ist.
error-merchant-calm = Bei uns ist etwas schiefgegangen, und es wurde nichts bestellt. Dein Einkaufswagen bleibt erhalten. Versuch es bitte später noch einmal.
error-asked-before = Für diese Bestellung habe ich Amazon Pay schon gefragt, und es wird nichts doppelt abgebucht. Ich schreibe dir, sobald ich weiß, wie es ausgegangen ist.
declined-method = Es wurde nichts abgebucht. Dein Einkaufswagen bleibt erhalten. Sobald deine Zahlungsart wieder in Ordnung ist, sag einfach: zur Kasse. Oder schließ den Kauf auf der Website ab; den Link habe ich dir in die Alexa-App geschickt.
declined = Es wurde nichts abgebucht, weil die Zahlung nicht angenommen wurde. Dein Einkaufswagen bleibt erhalten. Du kannst auf der Website anders bezahlen; den Link habe ich dir in die Alexa-App geschickt.
declined-later = Es wurde nichts abgebucht. Dein Einkaufswagen bleibt erhalten. Versuch es bitte später noch einmal, oder schließ den Kauf auf der Website ab; den Link habe ich dir in die Alexa-App geschickt.
address-unreachable = Es wurde nichts abgebucht. Ich konnte nicht herausfinden, wohin dein Paket gehen soll. Dein Einkaufswagen bleibt erhalten. Geh bitte noch einmal zur Kasse, oder schließ den Kauf auf der Website ab; den Link habe ich dir in die Alexa-App geschickt.

## Money: the words for whole units and hundredths, as people say them

money = { $currency ->
        [USD] { $major } Dollar
        [EUR] { $major } Euro
        [GBP] { $major } Pfund
       *[JPY] { $major } Yen
    }
money-with-cents = { $currency ->
        [USD] { $major } Dollar und { $minor } Cent
        [EUR] { $major } Euro und { $minor } Cent
       *[GBP] { $major } Pfund und { $minor ->
            [one] { $minor } Penny
           *[other] { $minor } Pence
        }
    }
money-cents = { $currency ->
        [GBP] { $minor ->
            [one] { $minor } Penny
           *[other] { $minor } Pence
        }
       *[other] { $minor } Cent
    }

## Dates

date = { $month ->
        [1] { $day }. Januar
        [2] { $day }. Februar
        [3] { $day }. März
        [4] { $day }. April
        [5] { $day }. Mai
        [6] { $day }. Juni
        [7] { $day }. Juli
        [8] { $day }. August
        [9] { $day }. September
        [10] { $day }. Oktober
        [11] { $day }. November
       *[12] { $day }. Dezember
    }

## On the web

web-cart-title = Dein Einkaufswagen von Alexa
web-cart = Das hast du per Stimme in deinen Einkaufswagen gelegt. Es wurde nichts abgebucht. Hier kannst du weitermachen und bezahlen, wie du möchtest.
web-cart-button = Mit diesem Einkaufswagen weiter
web-cart-another = Er ersetzt den Einkaufswagen, den du in diesem Browser hast.
