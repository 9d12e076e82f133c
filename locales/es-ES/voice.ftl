# What the skill says, and what stands on its cards. One question in a turn, at its end; a reprompt is
# shorter and different. Titles, names and amounts come from outside and are escaped when they are spoken.
# Nothing here names a code, an address or an order's number aloud: those belong on cards.

## Coming and going

welcome = Te doy la bienvenida a { $shop }, el mercado de los pequeños artesanos. ¿Qué buscas?
welcome-again = Puedes nombrar un artículo, por ejemplo baguette, o decir ayuda. ¿Qué buscas?
welcome-cart = Hola de nuevo, aquí { $shop }. En tu cesta { $count ->
        [one] hay un artículo
       *[other] hay { $count } artículos
    }. ¿Quieres tramitar el pedido?
welcome-cart-again = Puedes tramitar el pedido o buscar otra cosa. ¿Quieres tramitar el pedido?
help = Puedes buscar algo, por ejemplo: busca baguette. Puedes añadirlo a la cesta, escuchar lo que llevas y pagar con Amazon Pay. Después puedes preguntar por tu pedido, cancelarlo o pedir un reembolso. Para cambiar el método de pago, te he enviado una tarjeta a la app Alexa. ¿Qué quieres hacer?
help-again = Di, por ejemplo: busca baguette. ¿Qué quieres hacer?
stop = Hasta luego.
stop-cart = Hasta luego. Te guardo la cesta para la próxima vez.
fallback = No te he entendido. Puedes buscar algo, escuchar tu cesta o tramitar el pedido. ¿Qué quieres hacer?
fallback-again = Di ayuda para saber qué puedo hacer. ¿Qué quieres?
nothing-asked = No te he preguntado nada. Puedes buscar algo, escuchar tu cesta o tramitar el pedido. ¿Qué quieres hacer?
nothing-to-repeat = Todavía no he dicho nada. ¿Qué buscas?

## Looking

found-one = He encontrado { $title }, de { $seller }, por { $price }. ¿Lo añado a tu cesta?
found-one-again = ¿Añado { $title } a tu cesta?
found-some = He encontrado { $list }. ¿Sobre cuál quieres saber más?
found-some-again = Dime el nombre de uno de ellos. ¿Cuál prefieres?
found-item = { $title } por { $price }
found-none = No he encontrado nada con { $words }. ¿Qué otra cosa busco?
found-none-again = ¿Qué otra cosa busco?
which-product = ¿Qué quieres añadir?
which-product-again = Dime un artículo, por ejemplo baguette. ¿Qué quieres?
which-find = ¿Qué buscas?
details = { $title }, de { $seller }, cuesta { $price }. { $about } { $left ->
        [one] Solo queda una unidad.
       *[other] Quedan { $left } unidades.
    } ¿Lo añado a tu cesta?
details-sold-out = { $title } se ha agotado. ¿Qué otra cosa busco?
subscription = { $title } es una suscripción, y se contrata en la web. ¿Qué otra cosa busco?
service = { $title } es un servicio, y se contrata en la web. ¿Qué otra cosa busco?

## The cart

added = { $quantity ->
        [one] Listo, { $title } ya está en tu cesta.
       *[other] Listo, { $quantity } unidades de { $title } ya están en tu cesta.
    }
only-left = De { $title } { $left ->
        [0] ya no queda ninguna unidad
        [one] solo queda una unidad
       *[other] solo quedan { $left } unidades
    }. ¿Qué otra cosa busco?
too-many = Puedo poner en tu cesta como máximo { $most } unidades del mismo artículo. ¿Cuántas quieres?
ask-checkout = ¿Quieres tramitar el pedido?
ask-checkout-again = También puedes buscar otra cosa. ¿Quieres tramitar el pedido?
upsell = { $seller } también ofrece { $title }, por { $price }. Puedes decir que no sin problema. ¿Lo añado también?
upsell-again = ¿Añado { $title }?
all-right = De acuerdo.
cart-empty = Tu cesta está vacía. ¿Qué buscas?
cart-empty-again = Puedes decir, por ejemplo: busca baguette. ¿Qué buscas?
cart = En tu cesta { $count ->
        [one] hay
       *[other] hay
    } { $list }. El total es de { $total }, más el envío. ¿Quieres tramitar el pedido?
cart-more = { $list }, y más cosas
cart-line = { $quantity ->
        [one] { $title }
       *[other] { $quantity } unidades de { $title }
    }
removed = He quitado { $title } de tu cesta.
removed-empty = He quitado { $title } de tu cesta, y ahora está vacía. ¿Qué buscas?
not-in-cart = { $title } no está en tu cesta. ¿Qué quieres hacer?
which-remove = ¿Qué quito?
list-and = { $first } y { $last }

## Checking out

review = Este es tu pedido. { $parcels } La entrega es para { $name }, en { $city }, en un plazo de tres a seis días. Amazon Pay te cobrará { $total }, con impuestos y envío. ¿Hago el pedido?
review-again = No se te cobra nada hasta que digas que sí. ¿Hago el pedido?
review-parcel = De { $seller }: { $list }, por un total de { $total }, que incluye { $delivery } de envío{ $tax ->
        [none] .
       *[other] { " " }y { $tax } de impuestos.
    }
review-digital = Este es tu pedido. { $parcels } Amazon Pay cobrará { $total }, impuestos incluidos. ¿Hago el pedido?
review-parcel-digital = De { $seller }: { $list }, { $total }, con entrega inmediata.
review-card-title = Tu pedido en { $shop }
review-card = { $lines }
    Envío: { $delivery }
    Impuestos: { $tax }
    Total: { $total }

    Vendedor: { $seller }
    Entregar a: { $address }
changed = Mientras tanto ha cambiado tu cesta o algún precio, así que no se ha pedido nada. { $review }
not-ordered = De acuerdo, no he pedido nada. Tu cesta se queda como está. ¿Qué quieres hacer?
no-voice-pay = No se te ha cobrado nada. En esta tienda no se puede pagar con la voz. Tu cesta se queda como está, y puedes comprar en la web; te he enviado el enlace a la app Alexa.
cannot-deliver = No se te ha cobrado nada. No podemos entregar tu paquete en la dirección que indica Amazon Pay. Puedes terminar la compra en la web; te he enviado el enlace a la app Alexa.
no-address = No se te ha cobrado nada, y tu cesta está guardada. Amazon Pay no ha indicado dónde entregar tu paquete. Puedes añadir una dirección en los ajustes de tu cuenta de Amazon y volver a tramitar el pedido.
cart-trouble = Ahora mismo { $title } no está disponible, así que no se ha pedido nada. ¿Lo quito de tu cesta?
cart-trouble-again = ¿Quito { $title }?
bought = Gracias. Tu pedido a { $seller } está hecho. El importe de { $total } se cobrará cuando se envíe. Tienes los detalles en la app Alexa.
bought-delivered = Gracias. Tu pedido a { $seller } está pagado, { $total }, y ya entregado: lo encuentras en la página del pedido, y el enlace está en tu app Alexa.
bought-paid = Gracias. Tu pedido a { $seller } está pagado: { $total }. Tienes los detalles en la app Alexa.
bought-looking = Gracias. Amazon todavía está comprobando tu pago de { $total } a { $seller }. Te escribiré en cuanto se decida; hasta entonces no se te cobra nada.
bought-too-late = Ese pedido se cerró antes de que llegara el pago, así que no se te cobra nada. ¿Quieres volver a tramitar el pedido?
bought-elsewhere = Ahora mismo no se te ha cobrado nada. No tengo ningún pedido que espere este pago. ¿Qué quieres hacer?
waiting-ask = No he recibido respuesta sobre tu pedido a { $seller }, de { $total }. No se cobrará nada dos veces. ¿Pregunto otra vez a Amazon Pay?
waiting-ask-again = ¿Pregunto otra vez?
waiting-looking = Amazon todavía está comprobando tu pago de { $total } a { $seller }. Pregúntame más tarde dónde está tu pedido. ¿Qué más puedo hacer por ti?
rest-changed = { $said } El resto de tu cesta o algún precio ha cambiado mientras tanto. { $review }
setup-elsewhere = Tu Amazon Pay está listo. ¿Qué quieres hacer?
bought-card-title = Pedido { $number }
bought-card = { $lines }
    Total: { $total }

    Vendedor: { $seller }
    Tu pedido en la web: { $link }

## After the sale

status-none = Todavía no tienes pedidos. ¿Qué buscas?
status = Este es tu pedido a { $seller } del { $date }, por { $total }. { $state } ¿Qué más puedo hacer por ti?
status-again = ¿Qué más puedo hacer por ti?
state-placed = Espera tu aprobación, y no se te ha cobrado nada.
state-consented = Tu pago se está confirmando.
state-reserved = Se está preparando. Se te cobrará cuando se envíe.
state-paid = Está pagado y se está preparando.
state-shipped = Está en camino.
state-delivered = Está pagado y entregado: lo encuentras en la página del pedido.
state-service-held = Está pendiente de realizarse. Se te cobrará después.
state-service-paid = Está pagado y pendiente de realizarse.
state-done = Está hecho y pagado.
state-refunded = Se ha reembolsado.
state-cancelled = Se ha cancelado, y no se te ha cobrado nada.
state-declined = El pago fue rechazado, y no se te ha cobrado nada.
state-expired = Se agotó el tiempo, y no se te ha cobrado nada.
order-card-title = Pedido { $number }
order-card = { $state }
    Total: { $total }

    Vendedor: { $seller }
    Para escribir al vendedor, cancelar o pedir un reembolso: { $link }
cancel-none = No hay ningún pedido que se pueda cancelar. En la app Alexa tienes cómo contactar con nosotros. ¿Qué más puedo hacer?
cancel-ask = ¿Cancelo tu pedido a { $seller } por { $total }?
cancel-ask-again = No se cancela nada hasta que digas que sí. ¿Lo cancelo?
cancelled = Tu pedido a { $seller } se está cancelando, y no se te cobrará nada. ¿Qué más puedo hacer por ti?
cancel-too-late = Ese pedido ya está pagado. ¿Quieres pedir un reembolso?
refund-none = No hay nada que reembolsar. En la app Alexa tienes cómo contactar con nosotros. ¿Qué más puedo hacer?
refund-ask = ¿Te reembolso todo tu pedido a { $seller }, es decir, { $total }?
refund-ask-shipped = Tu pedido a { $seller } ya se ha enviado, así que decide el vendedor. ¿Pido que te devuelvan { $total }?
refund-ask-done = Tu pedido a { $seller } ya se ha completado, así que decide el vendedor. ¿Pido que te devuelvan { $total }?
refund-ask-again = No pasa nada hasta que digas que sí. ¿Sigo adelante?
refunded = Se te devuelve el importe de { $total }. Puede tardar unos días en aparecer. ¿Qué más puedo hacer por ti?
refund-asked = He pedido tu reembolso a { $seller }, y recibirás la respuesta por correo electrónico. ¿Qué más puedo hacer por ti?
refund-asked-before = { $seller } ya tiene tu solicitud y te responderá. ¿Qué más puedo hacer por ti?
refund-not-charged = Todavía no se te ha cobrado nada por ese pedido. ¿Prefieres cancelarlo?
refund-not-charged-again = ¿Lo cancelo?
left-alone = De acuerdo, lo dejo como está. ¿Qué más puedo hacer por ti?
contact-card-title = Cómo contactar con nosotros
contact-card = Pedidos, cancelaciones y reembolsos: { $link }
    Puedes escribir al vendedor en la página de cada pedido.
refund-reason = Solicitado por voz.

## Paying

payment-help = Amazon Pay usa la dirección y el método de pago de tus ajustes de 1-Click en Amazon. Te he enviado una tarjeta a la app Alexa con los pasos para cambiarlos. ¿Qué más puedo hacer por ti?
payment-help-card-title = Cambia tus ajustes de 1-Click
payment-help-card = Amazon Pay usa la dirección y el método de pago predeterminados de tus ajustes de 1-Click: { $link }
consent = Para pagar con la voz, autoriza Amazon Pay para esta skill en la app Alexa. Te he enviado allí una tarjeta. Tu cesta está guardada.
consent-early = Te doy la bienvenida a { $shop }. Para comprar con la voz, autoriza Amazon Pay en la app Alexa; te he enviado allí una tarjeta. ¿Qué buscas?
finish-card-title = Termina la compra en la web
finish-card = Tu cesta está guardada, y no se te ha cobrado nada. Para terminar la compra con otro método de pago: { $link }
link-needed = Para verlo en la web, vincula antes tu cuenta; te he enviado una tarjeta a la app Alexa.

## When something goes wrong: one message for each way it can, see the skill's table of errors

error-amazon-spoke = No se te ha cobrado nada. Tu cesta está guardada.
error-amazon-spoke-later = No se te ha cobrado nada. Tu cesta está guardada, y puedes volver a intentarlo más tarde.
error-merchant = No se ha pedido ni cobrado nada, porque hay un problema por nuestra parte. Ya estamos al tanto. Tu cesta está guardada, y puedes terminar la compra en la web; te he enviado el enlace a la app Alexa.
error-again-later = No se te ha cobrado nada. Ahora mismo no puedo conectar con Amazon Pay. Tu cesta está guardada, así que vuelve a intentarlo en unos minutos.
error-consent = No se te ha cobrado nada. Para pagar con la voz, autoriza Amazon Pay para esta skill en la app Alexa; te he enviado allí una tarjeta. Tu cesta está guardada.
error-app = No se te ha cobrado nada. Tu cesta está guardada. Échale un vistazo a la app Alexa.
error-try-code = No se te ha cobrado nada. Tu código de voz está en la app Alexa. ¿Quieres volver a intentarlo?
error-try-code-again = Tu cesta está guardada. ¿Lo intento otra vez?
error-agreement = No se te ha cobrado nada. Revisa tu método de pago en Amazon; te he enviado una tarjeta a la app Alexa. Tu cesta está guardada.
error-limit = No se te ha cobrado nada: con este pedido llegarías al máximo que se puede pagar con la voz en un mes. Tu cesta está guardada, y puedes terminar la compra en la web; te he enviado el enlace a la app Alexa.
error-unclear = Todavía no sé cómo ha terminado tu pago. No se cobrará nada dos veces. Pregúntame dentro de unos minutos dónde está tu pedido.
error-merchant-calm = Algo ha fallado por nuestra parte, y no se ha pedido nada. Tu cesta está guardada. Vuelve a intentarlo más tarde.
error-asked-before = Ya he enviado este pedido a Amazon Pay, y no se te cobra dos veces. Te escribiré en cuanto sepa cómo ha terminado.
declined-method = No se te ha cobrado nada. Tu cesta está guardada. Cuando tu método de pago esté en orden, di: tramitar el pedido. O termina la compra en la web; te he enviado el enlace a la app Alexa.
declined = No se te ha cobrado nada, porque el pago no se ha aceptado. Tu cesta está guardada. Puedes pagar de otra forma en la web; te he enviado el enlace a la app Alexa.
declined-later = No se te ha cobrado nada. Tu cesta está guardada. Vuelve a intentarlo más tarde, o termina la compra en la web; te he enviado el enlace a la app Alexa.
address-unreachable = No se te ha cobrado nada. No he podido averiguar dónde entregar tu paquete. Tu cesta está guardada. Vuelve a tramitar el pedido, o termina la compra en la web; te he enviado el enlace a la app Alexa.

## Money: the words for whole units and hundredths, as people say them

money = { $currency ->
        [USD] { $major ->
            [one] un dólar
           *[other] { $major } dólares
        }
        [EUR] { $major ->
            [one] un euro
           *[other] { $major } euros
        }
        [GBP] { $major ->
            [one] una libra
           *[other] { $major } libras
        }
       *[JPY] { $major ->
            [one] un yen
           *[other] { $major } yenes
        }
    }
money-with-cents = { $currency ->
        [USD] { $major ->
            [one] un dólar
           *[other] { $major } dólares
        } con { $minor ->
            [one] un centavo
           *[other] { $minor } centavos
        }
        [EUR] { $major ->
            [one] un euro
           *[other] { $major } euros
        } con { $minor ->
            [one] un céntimo
           *[other] { $minor } céntimos
        }
       *[GBP] { $major ->
            [one] una libra
           *[other] { $major } libras
        } con { $minor ->
            [one] un penique
           *[other] { $minor } peniques
        }
    }
money-cents = { $currency ->
        [GBP] { $minor ->
            [one] un penique
           *[other] { $minor } peniques
        }
        [EUR] { $minor ->
            [one] un céntimo
           *[other] { $minor } céntimos
        }
       *[other] { $minor ->
            [one] un centavo
           *[other] { $minor } centavos
        }
    }

## Dates

date = { $month ->
        [1] { $day } de enero
        [2] { $day } de febrero
        [3] { $day } de marzo
        [4] { $day } de abril
        [5] { $day } de mayo
        [6] { $day } de junio
        [7] { $day } de julio
        [8] { $day } de agosto
        [9] { $day } de septiembre
        [10] { $day } de octubre
        [11] { $day } de noviembre
       *[12] { $day } de diciembre
    }

## On the web

web-cart-title = Tu cesta de Alexa
web-cart = Esto es lo que has puesto en tu cesta con la voz. No se ha cobrado nada. Puedes seguir aquí, con la forma de pago que quieras.
web-cart-button = Seguir con esta cesta
web-cart-another = Sustituye a la cesta que tienes en este navegador.
