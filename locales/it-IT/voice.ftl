# What the skill says, and what stands on its cards. One question in a turn, at its end; a reprompt is
# shorter and different. Titles, names and amounts come from outside and are escaped when they are spoken.
# Nothing here names a code, an address or an order's number aloud: those belong on cards.

## Coming and going

welcome = Ti do il benvenuto su { $shop }, il mercato dei piccoli artigiani. Che cosa cerchi?
welcome-again = Puoi nominare un articolo, per esempio baguette, o dire aiuto. Che cosa cerchi?
welcome-cart = Che bello ritrovarti su { $shop }. Nel tuo carrello { $count ->
        [one] c'è un articolo
       *[other] ci sono { $count } articoli
    }. Vuoi procedere all'ordine?
welcome-cart-again = Puoi procedere all'ordine o cercare qualcos'altro. Vuoi procedere all'ordine?
help = Puoi cercare qualcosa, per esempio: cerca baguette. Puoi aggiungere articoli al carrello, sentire che cosa contiene e pagare con Amazon Pay. In seguito puoi chiedere dov'è il tuo ordine, annullarlo o chiedere un rimborso. Per cambiare il metodo di pagamento, ti ho inviato una scheda nell'app Alexa. Che cosa vuoi fare?
help-again = Di', per esempio: cerca baguette. Che cosa vuoi fare?
stop = A presto.
stop-cart = A presto. Ti conservo il carrello per la prossima volta.
fallback = Non ho capito. Puoi cercare qualcosa, ascoltare il tuo carrello o procedere all'ordine. Che cosa vuoi fare?
fallback-again = Di' aiuto per sapere che cosa so fare. Che cosa desideri?
nothing-asked = Non ti ho fatto nessuna domanda. Puoi cercare qualcosa, ascoltare il tuo carrello o procedere all'ordine. Che cosa vuoi fare?
nothing-to-repeat = Non ho ancora detto niente. Che cosa cerchi?

## Looking

found-one = Ho trovato { $title }, di { $seller }, a { $price }. Lo metto nel tuo carrello?
found-one-again = Metto { $title } nel tuo carrello?
found-some = Ho trovato { $list }. Di quale vuoi sapere di più?
found-some-again = Dimmi il nome di uno di questi. Quale preferisci?
found-item = { $title } a { $price }
found-none = Non ho trovato niente per { $words }. Che cos'altro cerco?
found-none-again = Che cos'altro cerco?
which-product = Che cosa vuoi aggiungere?
which-product-again = Nomina un articolo, per esempio baguette. Che cosa desideri?
which-find = Che cosa cerchi?
details = { $title }, di { $seller }, costa { $price }. { $about } { $left ->
        [one] Ne resta solo uno.
       *[other] Ne restano { $left }.
    } Lo metto nel tuo carrello?
details-sold-out = { $title } non è più disponibile. Che cos'altro cerco?
subscription = { $title } è un abbonamento, che si attiva sul sito. Che cos'altro cerco?
service = { $title } è un servizio, che si prenota sul sito. Che cos'altro cerco?

## The cart

added = { $quantity ->
        [one] Fatto: { $title } è nel tuo carrello.
       *[other] Fatto: { $quantity } unità di { $title } sono nel tuo carrello.
    }
only-left = Di { $title } { $left ->
        [0] non resta più niente
        [one] resta solo un pezzo
       *[other] restano solo { $left } pezzi
    }. Che cos'altro cerco?
too-many = Posso mettere nel tuo carrello al massimo { $most } unità dello stesso articolo. Quante ne vuoi?
ask-checkout = Vuoi procedere all'ordine?
ask-checkout-again = Puoi anche cercare qualcos'altro. Vuoi procedere all'ordine?
upsell = { $seller } propone anche { $title }, a { $price }. Puoi dire semplicemente di no. Aggiungo anche questo?
upsell-again = Aggiungo { $title }?
all-right = Va bene.
cart-empty = Il tuo carrello è vuoto. Che cosa cerchi?
cart-empty-again = Puoi dire, per esempio: cerca baguette. Che cosa cerchi?
cart = Nel tuo carrello { $count ->
        [one] c'è
       *[other] ci sono
    } { $list }. In tutto fa { $total }, spedizione esclusa. Vuoi procedere all'ordine?
cart-more = { $list }, e altro ancora
cart-line = { $quantity ->
        [one] { $title }
       *[other] { $quantity } unità di { $title }
    }
removed = Ho tolto { $title } dal tuo carrello.
removed-empty = Ho tolto { $title } dal tuo carrello, che adesso è vuoto. Che cosa cerchi?
not-in-cart = { $title } non è nel tuo carrello. Che cosa vuoi fare?
which-remove = Che cosa tolgo?
list-and = { $first } e { $last }

## Checking out

review = Ecco il tuo ordine. { $parcels } La consegna è per { $name } a { $city }, entro tre-sei giorni. Amazon Pay addebita { $total }, tasse e spedizione incluse. Confermo l'ordine?
review-again = Non ti viene addebitato nulla prima che tu dica di sì. Confermo l'ordine?
review-parcel = Da { $seller }: { $list }, per { $total }, di cui { $delivery } di spedizione{ $tax ->
        [none] .
       *[other] { " " }e { $tax } di tasse.
    }
review-digital = Ecco il tuo ordine. { $parcels } Amazon Pay addebiterà { $total }, tasse incluse. Confermo l’ordine?
review-parcel-digital = Da { $seller }: { $list }, { $total }, con consegna immediata.
review-card-title = Il tuo ordine su { $shop }
review-card = { $lines }
    Spedizione: { $delivery }
    Tasse: { $tax }
    Totale: { $total }

    Venditore: { $seller }
    Consegna a: { $address }
changed = Nel frattempo il tuo carrello o un prezzo è cambiato, quindi non è stato ordinato nulla. { $review }
not-ordered = Va bene, non ho ordinato niente. Il tuo carrello resta com'è. Che cosa vuoi fare?
no-voice-pay = Non ti è stato addebitato nulla. In questo negozio non si può pagare con la voce. Il tuo carrello resta com'è, e puoi acquistare sul sito; ti ho inviato il link nell'app Alexa.
cannot-deliver = Non ti è stato addebitato nulla. Non possiamo consegnare il tuo pacco all'indirizzo indicato da Amazon Pay. Puoi completare l'acquisto sul sito; ti ho inviato il link nell'app Alexa.
no-address = Non ti è stato addebitato nulla, e il tuo carrello è al sicuro. Amazon Pay non ha indicato dove consegnare il tuo pacco. Puoi impostare un indirizzo nelle impostazioni del tuo account Amazon e poi procedere di nuovo all'ordine.
cart-trouble = In questo momento { $title } non è disponibile, quindi non è stato ordinato nulla. Lo tolgo dal tuo carrello?
cart-trouble-again = Tolgo { $title }?
bought = Grazie. Il tuo ordine da { $seller } è confermato. L'importo di { $total } verrà addebitato alla spedizione. Trovi i dettagli nell'app Alexa.
bought-delivered = Grazie. Il tuo ordine da { $seller } è pagato, { $total }, e già consegnato: lo trovi nella pagina dell’ordine, il link è nella tua app Alexa.
bought-paid = Grazie. Il tuo ordine da { $seller } è pagato: { $total }. Trovi i dettagli nell'app Alexa.
bought-looking = Grazie. Amazon sta ancora verificando il tuo pagamento di { $total } a { $seller }. Ti scriverò appena si saprà l'esito; fino ad allora non ti viene addebitato nulla.
bought-too-late = Quell'ordine è stato chiuso prima che arrivasse il pagamento, quindi non ti viene addebitato nulla. Vuoi procedere di nuovo all'ordine?
bought-elsewhere = In questo momento non ti è stato addebitato nulla. Non ho nessun ordine in attesa di questo pagamento. Che cosa vuoi fare?
waiting-ask = Non ho ricevuto risposta per il tuo ordine da { $seller }, di { $total }. Non verrà addebitato nulla due volte. Chiedo di nuovo ad Amazon Pay?
waiting-ask-again = Chiedo di nuovo?
waiting-looking = Amazon sta ancora controllando il tuo pagamento di { $total } a { $seller }. Chiedimi più tardi dov’è il tuo ordine. Cos’altro posso fare per te?
rest-changed = { $said } Il resto del carrello o un prezzo è cambiato nel frattempo. { $review }
setup-elsewhere = Il tuo Amazon Pay è pronto. Che cosa vuoi fare?
bought-card-title = Ordine { $number }
bought-card = { $lines }
    Totale: { $total }

    Venditore: { $seller }
    Il tuo ordine sul web: { $link }

## After the sale

status-none = Non hai ancora nessun ordine. Che cosa cerchi?
status = Ecco il tuo ordine da { $seller }, fatto { $date }, per { $total }. { $state } Che cos'altro posso fare per te?
status-again = Che cos'altro posso fare per te?
state-placed = È in attesa della tua approvazione, e non ti è stato addebitato nulla.
state-consented = Il tuo pagamento è in fase di conferma.
state-reserved = È in preparazione. L'addebito avverrà alla spedizione.
state-paid = È pagato e in preparazione.
state-shipped = È in viaggio verso di te.
state-delivered = È pagato e consegnato: lo trovi nella pagina dell’ordine.
state-service-held = È in attesa di essere eseguito. L'addebito avverrà dopo.
state-service-paid = È pagato e in attesa di essere eseguito.
state-done = È eseguito e pagato.
state-refunded = È stato rimborsato.
state-cancelled = È stato annullato, e non ti è stato addebitato nulla.
state-declined = Il pagamento è stato rifiutato, e non ti è stato addebitato nulla.
state-expired = Il tempo è scaduto, e non ti è stato addebitato nulla.
order-card-title = Ordine { $number }
order-card = { $state }
    Totale: { $total }

    Venditore: { $seller }
    Per scrivere al venditore, annullare o chiedere un rimborso: { $link }
cancel-none = Non c'è nessun ordine che si possa annullare. Nell'app Alexa trovi come contattarci. Che cos'altro posso fare?
cancel-ask = Annullo il tuo ordine da { $seller }, di { $total }?
cancel-ask-again = Non annullo niente prima che tu dica di sì. Annullo l'ordine?
cancelled = Il tuo ordine da { $seller } è in fase di annullamento, e non ti verrà addebitato nulla. Che cos'altro posso fare per te?
cancel-too-late = Quell'ordine è già pagato. Vuoi chiedere un rimborso?
refund-none = Non c'è niente da rimborsare. Nell'app Alexa trovi come contattarci. Che cos'altro posso fare?
refund-ask = Ti rimborso tutto il tuo ordine da { $seller }, cioè { $total }?
refund-ask-shipped = Il tuo ordine da { $seller } è già stato spedito, quindi decide il venditore. Chiedo il rimborso di { $total }?
refund-ask-done = Il tuo ordine da { $seller } è già concluso, quindi decide il venditore. Chiedo il rimborso di { $total }?
refund-ask-again = Non succede niente prima che tu dica di sì. Vado avanti?
refunded = Ti viene rimborsato l'importo di { $total }. Potrebbero volerci alcuni giorni. Che cos'altro posso fare per te?
refund-asked = Ho chiesto il rimborso a { $seller }, e riceverai la risposta via e-mail. Che cos'altro posso fare per te?
refund-asked-before = { $seller } ha già la tua richiesta e ti risponderà. Che cos'altro posso fare per te?
refund-not-charged = Per quell'ordine non ti è stato ancora addebitato nulla. Preferisci annullarlo?
refund-not-charged-again = Lo annullo?
left-alone = Va bene, lascio tutto com'è. Che cos'altro posso fare per te?
contact-card-title = Come contattarci
contact-card = Ordini, annullamenti e rimborsi: { $link }
    Puoi scrivere al venditore dalla pagina di ogni ordine.
refund-reason = Richiesto a voce.

## Paying

payment-help = Amazon Pay usa l'indirizzo e il metodo di pagamento delle tue impostazioni 1-Click su Amazon. Ti ho inviato una scheda nell'app Alexa per modificarle. Che cos'altro posso fare per te?
payment-help-card-title = Modifica le impostazioni 1-Click
payment-help-card = Amazon Pay usa l'indirizzo e il metodo di pagamento predefiniti delle tue impostazioni 1-Click: { $link }
consent = Per pagare con la voce, autorizza Amazon Pay per questa skill nell'app Alexa. Ti ho inviato lì una scheda. Il tuo carrello è al sicuro.
consent-early = Ti do il benvenuto su { $shop }. Per acquistare con la voce, autorizza Amazon Pay nell'app Alexa; ti ho inviato lì una scheda. Che cosa cerchi?
finish-card-title = Completa l'acquisto sul sito
finish-card = Il tuo carrello è al sicuro, e non ti è stato addebitato nulla. Per completare l'acquisto con un altro metodo di pagamento: { $link }
link-needed = Per vederlo sul web, collega prima il tuo account; ti ho inviato una scheda nell'app Alexa.

## When something goes wrong: one message for each way it can, see the skill's table of errors

error-amazon-spoke = Non ti è stato addebitato nulla. Il tuo carrello è al sicuro.
error-amazon-spoke-later = Non ti è stato addebitato nulla. Il tuo carrello è al sicuro, e puoi riprovare più tardi.
error-merchant = Non è stato ordinato né addebitato nulla, perché c'è un problema da parte nostra. Ne siamo già informati. Il tuo carrello è al sicuro, e puoi completare l'acquisto sul sito; ti ho inviato il link nell'app Alexa.
error-again-later = Non ti è stato addebitato nulla. Al momento Amazon Pay non è raggiungibile. Il tuo carrello è al sicuro, quindi riprova tra qualche minuto.
error-consent = Non ti è stato addebitato nulla. Per pagare con la voce, autorizza Amazon Pay per questa skill nell'app Alexa; ti ho inviato lì una scheda. Il tuo carrello è al sicuro.
error-app = Non ti è stato addebitato nulla. Il tuo carrello è al sicuro. Dai un'occhiata all'app Alexa.
error-try-code = Non ti è stato addebitato nulla. Trovi il tuo codice vocale nell'app Alexa. Vuoi riprovare?
error-try-code-again = Il tuo carrello è al sicuro. Riprovo?
error-agreement = Non ti è stato addebitato nulla. Controlla il tuo metodo di pagamento su Amazon; ti ho inviato una scheda nell'app Alexa. Il tuo carrello è al sicuro.
error-limit = Non ti è stato addebitato nulla: con questo ordine raggiungeresti il massimo che si può pagare con la voce in un mese. Il tuo carrello è al sicuro, e puoi completare l'acquisto sul sito; ti ho inviato il link nell'app Alexa.
error-unclear = Non so ancora com’è andato il pagamento. Non verrà addebitato nulla due volte. Chiedimi tra qualche minuto dov’è il tuo ordine.
error-merchant-calm = Qualcosa è andato storto da parte nostra, e non è stato ordinato nulla. Il tuo carrello è al sicuro. Riprova più tardi.
error-asked-before = Ho già inviato ad Amazon Pay la richiesta per questo ordine, e non ti viene addebitato due volte. Ti scriverò appena saprò com'è andata.
declined-method = Non ti è stato addebitato nulla. Il tuo carrello è al sicuro. Quando il tuo metodo di pagamento sarà a posto, di': procedi all'ordine. Oppure completa l'acquisto sul sito; ti ho inviato il link nell'app Alexa.
declined = Non ti è stato addebitato nulla, perché il pagamento non è stato accettato. Il tuo carrello è al sicuro. Puoi pagare in un altro modo sul sito; ti ho inviato il link nell'app Alexa.
declined-later = Non ti è stato addebitato nulla. Il tuo carrello è al sicuro. Riprova più tardi, oppure completa l'acquisto sul sito; ti ho inviato il link nell'app Alexa.
address-unreachable = Non ti è stato addebitato nulla. Non ho potuto sapere dove consegnare il tuo pacco. Il tuo carrello è al sicuro. Procedi di nuovo all'ordine, oppure completa l'acquisto sul sito; ti ho inviato il link nell'app Alexa.

## Money: the words for whole units and hundredths, as people say them

money = { $currency ->
        [USD] { $major ->
            [one] un dollaro
           *[other] { $major } dollari
        }
        [EUR] { $major ->
            [one] un euro
           *[other] { $major } euro
        }
        [GBP] { $major ->
            [one] una sterlina
           *[other] { $major } sterline
        }
       *[JPY] { $major } yen
    }
money-with-cents = { $currency ->
        [USD] { $major ->
            [one] un dollaro
           *[other] { $major } dollari
        } e { $minor ->
            [one] un centesimo
           *[other] { $minor } centesimi
        }
        [EUR] { $major ->
            [one] un euro
           *[other] { $major } euro
        } e { $minor ->
            [one] un centesimo
           *[other] { $minor } centesimi
        }
       *[GBP] { $major ->
            [one] una sterlina
           *[other] { $major } sterline
        } e { $minor ->
            [one] un penny
           *[other] { $minor } penny
        }
    }
money-cents = { $currency ->
        [GBP] { $minor ->
            [one] un penny
           *[other] { $minor } penny
        }
       *[other] { $minor ->
            [one] un centesimo
           *[other] { $minor } centesimi
        }
    }

## Dates

date = { $day ->
        [1] il primo
        [8] l'8
        [11] l'11
       *[other] il { $day }
    } { $month ->
        [1] gennaio
        [2] febbraio
        [3] marzo
        [4] aprile
        [5] maggio
        [6] giugno
        [7] luglio
        [8] agosto
        [9] settembre
        [10] ottobre
        [11] novembre
       *[12] dicembre
    }

## On the web

web-cart-title = Il tuo carrello da Alexa
web-cart = Questo è ciò che hai messo nel carrello a voce. Non è stato addebitato nulla. Puoi continuare qui, con il metodo di pagamento che preferisci.
web-cart-button = Continua con questo carrello
web-cart-another = Sostituisce il carrello che hai in questo browser.
