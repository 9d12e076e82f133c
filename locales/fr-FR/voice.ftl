# What the skill says, and what stands on its cards. One question in a turn, at its end; a reprompt is
# shorter and different. Titles, names and amounts come from outside and are escaped when they are spoken.
# Nothing here names a code, an address or an order's number aloud: those belong on cards.

## Coming and going

welcome = Bienvenue chez { $shop }, le marché des petits créateurs. Que cherchez-vous ?
welcome-again = Vous pouvez nommer un article, par exemple une baguette, ou dire aide. Que cherchez-vous ?
welcome-cart = Quel plaisir de vous retrouver chez { $shop }. Il y a { $count ->
        [one] un article
       *[other] { $count } articles
    } dans votre panier. Voulez-vous passer commande ?
welcome-cart-again = Vous pouvez passer commande ou chercher autre chose. Voulez-vous passer commande ?
help = Vous pouvez chercher un article, par exemple : cherche une baguette. Vous pouvez l'ajouter à votre panier, écouter ce qu'il contient, et passer commande avec Amazon Pay. Plus tard, vous pourrez demander où en est votre commande, l'annuler ou vous faire rembourser. Pour changer de moyen de paiement, je vous ai envoyé une carte dans l'application Alexa. Que voulez-vous faire ?
help-again = Dites, par exemple : cherche une baguette. Que voulez-vous faire ?
stop = Au revoir.
stop-cart = Au revoir. Je garde votre panier pour la prochaine fois.
fallback = Je n'ai pas compris. Vous pouvez chercher un article, écouter votre panier ou passer commande. Que voulez-vous faire ?
fallback-again = Dites aide pour savoir ce que je sais faire. Que désirez-vous ?
nothing-asked = Je n'ai pas posé de question. Vous pouvez chercher un article, écouter votre panier ou passer commande. Que voulez-vous faire ?
nothing-to-repeat = Je n'ai encore rien dit. Que cherchez-vous ?

## Looking

found-one = J'ai trouvé { $title }, de chez { $seller }, à { $price }. Je l'ajoute à votre panier ?
found-one-again = Est-ce que j'ajoute { $title } à votre panier ?
found-some = J'ai trouvé { $list }. Lequel de ces articles vous intéresse ?
found-some-again = Nommez l'un de ces articles. Lequel vous intéresse ?
found-item = { $title } à { $price }
found-none = Je n'ai rien trouvé pour { $words }. Que puis-je chercher d'autre ?
found-none-again = Que puis-je chercher d'autre ?
which-product = Que voulez-vous ajouter ?
which-product-again = Nommez un article, par exemple une baguette. Que désirez-vous ?
which-find = Que cherchez-vous ?
details = { $title }, de chez { $seller }, coûte { $price }. { $about } { $left ->
        [one] Il n'en reste qu'un exemplaire.
       *[other] Il en reste { $left }.
    } Je l'ajoute à votre panier ?
details-sold-out = { $title } est en rupture de stock. Que puis-je chercher d'autre ?
subscription = { $title } est un abonnement, à souscrire sur le site web. Que puis-je chercher d'autre ?
service = { $title } est une prestation, à réserver sur le site web. Que puis-je chercher d'autre ?

## The cart

added = { $quantity ->
        [one] C'est fait : { $title } est dans votre panier.
       *[other] C'est fait : { $quantity } fois { $title } dans votre panier.
    }
only-left = Pour { $title }, { $left ->
        [0] il ne reste plus rien
        [one] il ne reste qu'un exemplaire
       *[other] il ne reste que { $left } exemplaires
    }. Que puis-je chercher d'autre ?
too-many = Je peux mettre au maximum { $most } exemplaires du même article dans votre panier. Combien en voulez-vous ?
ask-checkout = Voulez-vous passer commande ?
ask-checkout-again = Vous pouvez aussi chercher autre chose. Voulez-vous passer commande ?
upsell = { $seller } propose aussi { $title }, à { $price }. Vous pouvez simplement dire non. Je l'ajoute aussi ?
upsell-again = Est-ce que j'ajoute { $title } ?
all-right = D'accord.
cart-empty = Votre panier est vide. Que cherchez-vous ?
cart-empty-again = Vous pouvez dire, par exemple : cherche une baguette. Que cherchez-vous ?
cart = Dans votre panier, { $count ->
        [one] il y a
       *[other] il y a
    } { $list }. Cela fait { $total }, hors livraison. Voulez-vous passer commande ?
cart-more = { $list }, et d'autres articles
cart-line = { $quantity ->
        [one] { $title }
       *[other] { $quantity } fois { $title }
    }
removed = J'ai retiré { $title } de votre panier.
removed-empty = J'ai retiré { $title } de votre panier, qui est maintenant vide. Que cherchez-vous ?
not-in-cart = { $title } n'est pas dans votre panier. Que voulez-vous faire ?
which-remove = Que dois-je retirer ?
list-and = { $first } et { $last }

## Checking out

review = Voici votre commande. { $parcels } La livraison se fera chez { $name }, à { $city }, sous trois à six jours. Amazon Pay débitera { $total }, taxes et livraison comprises. Est-ce que je passe la commande ?
review-again = Rien n'est débité tant que vous n'avez pas dit oui. Est-ce que je passe la commande ?
review-parcel = Chez { $seller } : { $list }, pour { $total }, dont { $delivery } de livraison{ $tax ->
        [none] .
       *[other] { " " }et { $tax } de taxes.
    }
review-digital = Voici votre commande. { $parcels } Amazon Pay débitera { $total }, taxes comprises. Dois-je passer la commande ?
review-parcel-digital = De { $seller } : { $list }, { $total }, livré immédiatement.
review-card-title = Votre commande chez { $shop }
review-card = { $lines }
    Livraison : { $delivery }
    Taxes : { $tax }
    Total : { $total }

    Vendeur : { $seller }
    Adresse de livraison : { $address }
changed = Votre panier ou un prix a changé entre-temps, donc rien n'a été commandé. { $review }
not-ordered = D'accord, je n'ai rien commandé. Votre panier reste tel quel. Que voulez-vous faire ?
no-voice-pay = Rien n'a été débité. Dans cette boutique, on ne peut pas payer par la voix. Votre panier reste tel quel, et vous pouvez acheter sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
cannot-deliver = Rien n'a été débité. Nous ne pouvons pas livrer votre colis à l'adresse indiquée par Amazon Pay. Vous pouvez terminer sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
no-address = Rien n'a été débité, et votre panier est conservé. Amazon Pay n'a pas indiqué où livrer votre colis. Vous pouvez définir une adresse dans les paramètres de votre compte Amazon, puis passer commande à nouveau.
cart-trouble = { $title } n'est pas disponible pour le moment, donc rien n'a été commandé. Est-ce que je le retire de votre panier ?
cart-trouble-again = Est-ce que je retire { $title } ?
bought = Merci. Votre commande chez { $seller } est passée. Le montant, { $total }, sera débité à l'expédition. Les détails sont dans votre application Alexa.
bought-delivered = Merci. Votre commande chez { $seller } est payée, { $total }, et déjà livrée : vous la trouverez sur la page de la commande, le lien est dans votre application Alexa.
bought-paid = Merci. Votre commande chez { $seller } est payée : { $total }. Les détails sont dans votre application Alexa.
bought-looking = Merci. Amazon vérifie encore votre paiement de { $total } à { $seller }. Je vous écrirai dès que ce sera décidé ; d'ici là, rien n'est débité.
bought-too-late = Cette commande a été abandonnée avant l'arrivée du paiement, donc rien n'est débité. Voulez-vous repasser commande ?
bought-elsewhere = Rien n'a été débité à l'instant. Je n'ai aucune commande en attente de ce paiement. Que voulez-vous faire ?
waiting-ask = Je n’ai pas eu de réponse pour votre commande chez { $seller }, de { $total }. Rien ne sera débité deux fois. Dois-je interroger Amazon Pay à nouveau ?
waiting-ask-again = Dois-je demander à nouveau ?
waiting-looking = Amazon vérifie encore votre paiement de { $total } à { $seller }. Demandez-moi plus tard où en est votre commande. Que puis-je faire d’autre pour vous ?
rest-changed = { $said } Le reste de votre panier ou un prix a changé entre-temps. { $review }
setup-elsewhere = Votre Amazon Pay est prêt. Que voulez-vous faire ?
bought-card-title = Commande { $number }
bought-card = { $lines }
    Total : { $total }

    Vendeur : { $seller }
    Votre commande sur le web : { $link }

## After the sale

status-none = Vous n'avez pas encore de commande. Que cherchez-vous ?
status = Voici votre commande du { $date } chez { $seller }, pour { $total }. { $state } Que puis-je faire d'autre pour vous ?
status-again = Que puis-je faire d'autre pour vous ?
state-placed = Elle attend votre accord, et rien n'a été débité.
state-consented = Votre paiement est en cours de confirmation.
state-reserved = Elle est en préparation. Le débit se fera à l'expédition.
state-paid = Elle est payée et en préparation.
state-shipped = Elle est en route.
state-delivered = Elle est payée et livrée ; vous la trouverez sur la page de la commande.
state-service-held = Elle reste à réaliser. Le débit se fera ensuite.
state-service-paid = Elle est payée et reste à réaliser.
state-done = Elle est réalisée et payée.
state-refunded = Elle a été remboursée.
state-cancelled = Elle a été annulée, et rien n'a été débité.
state-declined = Le paiement a été refusé, et rien n'a été débité.
state-expired = Le délai est dépassé, et rien n'a été débité.
order-card-title = Commande { $number }
order-card = { $state }
    Total : { $total }

    Vendeur : { $seller }
    Pour écrire au vendeur, annuler ou demander un remboursement : { $link }
cancel-none = Aucune commande ne peut être annulée. J'ai mis dans votre application Alexa comment nous joindre. Que puis-je faire d'autre ?
cancel-ask = Est-ce que j'annule votre commande chez { $seller }, de { $total } ?
cancel-ask-again = Rien n'est annulé tant que vous n'avez pas dit oui. Est-ce que je l'annule ?
cancelled = Votre commande chez { $seller } est en cours d'annulation, et rien ne sera débité. Que puis-je faire d'autre pour vous ?
cancel-too-late = Cette commande est déjà payée. Voulez-vous demander un remboursement ?
refund-none = Il n'y a rien à rembourser. J'ai mis dans votre application Alexa comment nous joindre. Que puis-je faire d'autre ?
refund-ask = Est-ce que je vous rembourse toute votre commande chez { $seller }, soit { $total } ?
refund-ask-shipped = Votre commande chez { $seller } est déjà expédiée, c'est donc au vendeur de décider. Est-ce que je demande le remboursement de { $total } ?
refund-ask-done = Votre commande chez { $seller } est déjà terminée, c'est donc au vendeur de décider. Est-ce que je demande le remboursement de { $total } ?
refund-ask-again = Rien ne se passe tant que vous n'avez pas dit oui. Est-ce que je continue ?
refunded = Le montant de { $total } vous est remboursé. Cela peut prendre quelques jours. Que puis-je faire d'autre pour vous ?
refund-asked = J'ai demandé votre remboursement à { $seller }, et vous aurez la réponse par e-mail. Que puis-je faire d'autre pour vous ?
refund-asked-before = { $seller } a déjà votre demande et va y répondre. Que puis-je faire d'autre pour vous ?
refund-not-charged = Rien n'a encore été débité pour cette commande. Voulez-vous plutôt l'annuler ?
refund-not-charged-again = Est-ce que je l'annule ?
left-alone = D'accord, je ne change rien. Que puis-je faire d'autre pour vous ?
contact-card-title = Comment nous joindre
contact-card = Commandes, annulations et remboursements : { $link }
    Vous pouvez écrire au vendeur sur la page de chaque commande.
refund-reason = Demandé par la voix.

## Paying

payment-help = Amazon Pay utilise l'adresse et le moyen de paiement de vos paramètres 1-Click chez Amazon. Je vous ai envoyé une carte dans l'application Alexa pour les modifier. Que puis-je faire d'autre pour vous ?
payment-help-card-title = Modifier vos paramètres 1-Click
payment-help-card = Amazon Pay utilise l'adresse et le moyen de paiement par défaut de vos paramètres 1-Click : { $link }
consent = Pour payer par la voix, autorisez Amazon Pay pour cette skill dans votre application Alexa. Je vous y ai envoyé une carte. Votre panier est conservé.
consent-early = Bienvenue chez { $shop }. Pour acheter par la voix, autorisez Amazon Pay dans votre application Alexa ; je vous y ai envoyé une carte. Que cherchez-vous ?
finish-card-title = Terminer sur le site web
finish-card = Votre panier est conservé, et rien n'a été débité. Pour terminer avec un autre moyen de paiement : { $link }
link-needed = Pour voir cela sur le web, associez d'abord votre compte ; je vous ai envoyé une carte dans l'application Alexa.

## When something goes wrong: one message for each way it can, see the skill's table of errors

error-amazon-spoke = Rien n'a été débité. Votre panier est conservé.
error-amazon-spoke-later = Rien n'a été débité. Votre panier est conservé, et vous pouvez réessayer plus tard.
error-merchant = Rien n'a été commandé ni débité, car il y a un problème de notre côté. Nous en sommes informés. Votre panier est conservé, et vous pouvez terminer sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
error-again-later = Rien n'a été débité. Amazon Pay est injoignable pour le moment. Votre panier est conservé, alors réessayez dans quelques minutes.
error-consent = Rien n'a été débité. Pour payer par la voix, autorisez Amazon Pay pour cette skill dans votre application Alexa ; je vous y ai envoyé une carte. Votre panier est conservé.
error-app = Rien n'a été débité. Votre panier est conservé. Jetez un œil à votre application Alexa.
error-try-code = Rien n'a été débité. Vous trouverez votre code vocal dans l'application Alexa. Voulez-vous réessayer ?
error-try-code-again = Votre panier est conservé. Est-ce que je réessaie ?
error-agreement = Rien n'a été débité. Vérifiez votre moyen de paiement chez Amazon ; je vous ai envoyé une carte dans l'application Alexa. Votre panier est conservé.
error-limit = Rien n'a été débité : avec cette commande, vous atteindriez le maximum qui peut être payé par la voix en un mois. Votre panier est conservé, et vous pouvez terminer sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
error-unclear = Je ne sais pas encore si votre paiement a abouti. Rien ne sera débité deux fois. Demandez-moi dans quelques minutes où en est votre commande.
error-merchant-calm = Il y a eu un problème de notre côté, et rien n'a été commandé. Votre panier est conservé. Réessayez plus tard.
error-asked-before = J'ai déjà sollicité Amazon Pay pour cette commande, et elle n'est pas débitée deux fois. Je vous écrirai dès que j'en saurai plus.
declined-method = Rien n'a été débité. Votre panier est conservé. Une fois votre moyen de paiement rétabli, dites : passer commande. Ou terminez sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
declined = Rien n'a été débité, car le paiement n'a pas été accepté. Votre panier est conservé. Vous pouvez payer autrement sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
declined-later = Rien n'a été débité. Votre panier est conservé. Réessayez plus tard, ou terminez sur le site web ; je vous ai envoyé le lien dans l'application Alexa.
address-unreachable = Rien n'a été débité. Je n'ai pas pu savoir où livrer votre colis. Votre panier est conservé. Repassez commande, ou terminez sur le site web ; je vous ai envoyé le lien dans l'application Alexa.

## Money: the words for whole units and hundredths, as people say them

money = { $currency ->
        [USD] { $major ->
            [one] { $major } dollar
           *[other] { $major } dollars
        }
        [EUR] { $major ->
            [one] { $major } euro
           *[other] { $major } euros
        }
        [GBP] { $major ->
            [1] une livre
            [one] { $major } livre
           *[other] { $major } livres
        }
       *[JPY] { $major ->
            [one] { $major } yen
           *[other] { $major } yens
        }
    }
money-with-cents = { $currency ->
        [USD] { $major ->
            [one] { $major } dollar
           *[other] { $major } dollars
        }
        [EUR] { $major ->
            [one] { $major } euro
           *[other] { $major } euros
        }
       *[GBP] { $major ->
            [1] une livre
            [one] { $major } livre
           *[other] { $major } livres
        }
    } { $minor }
money-cents = { $currency ->
        [GBP] { $minor ->
            [one] { $minor } penny
           *[other] { $minor } pence
        }
        [EUR] { $minor ->
            [one] { $minor } centime
           *[other] { $minor } centimes
        }
       *[other] { $minor ->
            [one] { $minor } cent
           *[other] { $minor } cents
        }
    }

## Dates

date = { $day ->
        [1] 1er
       *[other] { $day }
    } { $month ->
        [1] janvier
        [2] février
        [3] mars
        [4] avril
        [5] mai
        [6] juin
        [7] juillet
        [8] août
        [9] septembre
        [10] octobre
        [11] novembre
       *[12] décembre
    }

## On the web

web-cart-title = Votre panier d’Alexa
web-cart = Voici ce que vous avez mis dans votre panier à la voix. Rien n’a été débité. Vous pouvez continuer ici, avec le moyen de paiement de votre choix.
web-cart-button = Continuer avec ce panier
web-cart-another = Il remplace le panier que vous avez dans ce navigateur.
