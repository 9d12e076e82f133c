# What the skill says, and what stands on its cards. One question in a turn, at its end; a reprompt is
# shorter and different. Titles, names and amounts come from outside and are escaped when they are spoken.
# Nothing here names a code, an address or an order's number aloud: those belong on cards.

## Coming and going

welcome = Welcome to { $shop }, a market of small makers. What are you looking for?
welcome-again = You can name a thing, for example honey, or say help. What are you looking for?
welcome-cart = Welcome back to { $shop }. { $count ->
        [one] There is one thing
       *[other] There are { $count } things
    } in your basket. Would you like to check out?
welcome-cart-again = You can check out, or look for something else. Would you like to check out?
help = You can look for something, for example: find honey. You can put it into your basket, hear what is in it, and check out with Amazon Pay. Later you can ask where your order is, cancel it, or ask for a refund. How to change your payment method is on a card in your Alexa app. What would you like to do?
help-again = Say, for example: find honey. What would you like to do?
stop = Goodbye.
stop-cart = Goodbye. I keep your basket for next time.
fallback = I did not get that. You can look for something, hear your basket, or check out. What would you like to do?
fallback-again = Say help to hear what I can do. What would you like?
nothing-asked = There is no open question. You can look for something, hear your basket, or check out. What would you like to do?
nothing-to-repeat = I have not said anything yet. What are you looking for?

## Looking

found-one = I found { $title } by { $seller }, for { $price }. Would you like it in your basket?
found-one-again = Shall I put { $title } into your basket?
found-some = I found { $list }. Which one would you like to hear about?
found-some-again = Please name one of them. Which one would you like?
found-item = { $title } for { $price }
found-none = I found nothing called { $words }. What else can I look for?
found-none-again = What else can I look for?
which-product = What would you like to add?
which-product-again = Please name a thing, for example honey. What would you like?
which-find = What are you looking for?
details = { $title } by { $seller } costs { $price }. { $about } { $left ->
        [one] One is left.
       *[other] { $left } are left.
    } Would you like it in your basket?
details-sold-out = { $title } is sold out. What else can I look for?
subscription = { $title } is a subscription, which is taken out on the web. What else can I look for?
service = { $title } is something that is done for you, and is booked on the web. What else can I look for?

## The cart

added = { $quantity ->
        [one] { $title } is in your basket.
       *[other] { $quantity } of { $title } are in your basket.
    }
only-left = There { $left ->
        [0] are no more of { $title }
        [one] is only one of { $title }
       *[other] are only { $left } of { $title }
    } left. What else can I look for?
too-many = I can put at most { $most } of one thing into your basket. How many would you like?
ask-checkout = Would you like to check out?
ask-checkout-again = You can also look for something else. Would you like to check out?
upsell = { $seller } also makes { $title }, for { $price }. Would you like that, too? You can just say no.
upsell-again = Shall I add { $title }?
all-right = All right.
cart-empty = Your basket is empty. What are you looking for?
cart-empty-again = You can say, for example: find honey. What are you looking for?
cart = In your basket { $count ->
        [one] is
       *[other] are
    } { $list }. That makes { $total }, before delivery. Would you like to check out?
cart-more = { $list }, and more
cart-line = { $quantity ->
        [one] { $title }
       *[other] { $quantity } of { $title }
    }
removed = { $title } is out of your basket.
removed-empty = { $title } is out of your basket, and now it is empty. What are you looking for?
not-in-cart = { $title } is not in your basket. What would you like to do?
which-remove = What shall I take out?
list-and = { $first } and { $last }

## Checking out

review = Here is your order. { $parcels } It goes to { $name } in { $city }, within three to six days. Amazon Pay is charged { $total }, with tax and delivery. Shall I place the order?
review-again = Nothing is charged before you say yes. Shall I place the order?
review-parcel = From { $seller }: { $list }, { $total } with { $delivery } for delivery{ $tax ->
        [none] .
       *[other] { " " }and { $tax } tax.
    }
review-digital = Here is your order. { $parcels } Amazon Pay is charged { $total }, with tax. Shall I place the order?
review-parcel-digital = From { $seller }: { $list }, { $total }, delivered at once.
review-card-title = Your order at { $shop }
review-card = { $lines }
    Delivery: { $delivery }
    Tax: { $tax }
    Total: { $total }

    Seller: { $seller }
    Deliver to: { $address }
changed = Your basket or a price has changed meanwhile, so nothing was ordered. { $review }
not-ordered = All right, I ordered nothing. Your basket stays as it is. What would you like to do?
no-voice-pay = This shop cannot be paid by voice. Your basket stays as it is, and nothing was charged. You can buy on the web; I have sent the address to your Alexa app.
cannot-deliver = Your parcel cannot go to the address that Amazon Pay gave. Nothing was charged. You can finish on the web; I have sent the address to your Alexa app.
no-address = Amazon Pay did not say where your parcel goes. Nothing was charged, and your basket is kept. You can set an address in the settings of your Amazon account, and check out again.
cart-trouble = { $title } cannot be bought right now, so nothing was ordered. Shall I take it out of your basket?
cart-trouble-again = Shall I take out { $title }?
bought = Thank you. Your order from { $seller } is placed. { $total } is charged when it is dispatched. The details are in your Alexa app.
bought-delivered = Thank you. Your order from { $seller } is paid, { $total }, and delivered: it is on the order's page, and the way there is in your Alexa app.
bought-paid = Thank you. Your order from { $seller } is paid: { $total }. The details are in your Alexa app.
bought-looking = Thank you. Amazon is still checking your payment of { $total } to { $seller }. I will write to you as soon as it is decided; until then nothing is charged.
bought-too-late = That order was given up before the payment came, so nothing is charged. Would you like to check out again?
bought-elsewhere = I have no order that waits for this. Nothing was charged just now. What would you like to do?
waiting-ask = I never heard back about your order from { $seller } for { $total }. Nothing is charged twice. Shall I ask Amazon Pay again?
waiting-ask-again = Shall I ask again?
waiting-looking = Amazon is still checking your payment of { $total } to { $seller }. Ask me later where your order is. What else can I do for you?
rest-changed = { $said } The rest of your basket or a price has changed in the meantime. { $review }
setup-elsewhere = Your Amazon Pay is ready. What would you like to do?
bought-card-title = Order { $number }
bought-card = { $lines }
    Total: { $total }

    Seller: { $seller }
    Your order on the web: { $link }

## After the sale

status-none = You have no orders yet. What are you looking for?
status = Your order from { $seller }, placed on { $date }, for { $total }: { $state } What else can I do for you?
status-again = What else can I do for you?
state-placed = it waits for your approval, and nothing was charged.
state-consented = your payment is being confirmed.
state-reserved = it is being packed. You are charged when it is dispatched.
state-paid = it is paid and being packed.
state-shipped = it is on its way to you.
state-delivered = it is paid and delivered: you find it on the order's page.
state-service-held = it waits to be done. You are charged when it is.
state-service-paid = it is paid and waits to be done.
state-done = it is done and paid.
state-refunded = it was refunded.
state-cancelled = it was called off, and nothing was charged.
state-declined = the payment was declined, and nothing was charged.
state-expired = time ran out, and nothing was charged.
order-card-title = Order { $number }
order-card = { $state }
    Total: { $total }

    Seller: { $seller }
    To write to the seller, to cancel, or to ask for money back: { $link }
cancel-none = There is no order that can be cancelled. I have put how to reach us into your Alexa app. What else can I do?
cancel-ask = Shall I cancel your order from { $seller } for { $total }?
cancel-ask-again = Nothing is cancelled before you say yes. Shall I cancel it?
cancelled = Your order from { $seller } is being cancelled, and nothing will be charged. What else can I do for you?
cancel-too-late = That order is paid for already. Would you like to ask for a refund?
refund-none = There is nothing to refund. I have put how to reach us into your Alexa app. What else can I do?
refund-ask = Shall I refund your order from { $seller }, all of { $total }?
refund-ask-shipped = Your order from { $seller } has been dispatched, so the seller decides. Shall I ask for { $total } back?
refund-ask-done = Your order from { $seller } is complete, so the seller decides. Shall I ask for { $total } back?
refund-ask-again = Nothing happens before you say yes. Shall I go on?
refunded = { $total } is going back to you. It can take a few days to show. What else can I do for you?
refund-asked = I have asked { $seller } for your money back, and you will get the answer by email. What else can I do for you?
refund-asked-before = { $seller } has your request already and will answer it. What else can I do for you?
refund-not-charged = Nothing was charged for that order yet. Would you like to cancel it instead?
refund-not-charged-again = Shall I cancel it?
left-alone = All right, I leave it as it is. What else can I do for you?
contact-card-title = How to reach us
contact-card = Orders, cancelling and refunds: { $link }
    You can write to the seller on the page of each order.
refund-reason = Asked by voice.

## Paying

payment-help = Amazon Pay uses the address and the card of your one click settings at Amazon. I have sent a card to your Alexa app with the way to change them. What else can I do for you?
payment-help-card-title = Change your 1-Click settings
payment-help-card = Amazon Pay uses the default address and payment method of your 1-Click settings: { $link }
consent = To pay by voice, please allow Amazon Pay for this skill in your Alexa app. I have sent you a card there. Your basket is kept.
consent-early = Welcome to { $shop }. To buy by voice, please allow Amazon Pay in your Alexa app; I have sent you a card there. What are you looking for?
finish-card-title = Finish on the web
finish-card = Your basket is kept, and nothing was charged. To finish with another way to pay: { $link }
link-needed = To see this on the web, please link your account; I have sent a card to your Alexa app.

## When something goes wrong: one message for each way it can, see the skill's table of errors

error-amazon-spoke = Nothing was charged. Your basket is kept.
error-amazon-spoke-later = Nothing was charged. Your basket is kept, and you can try again later.
error-merchant = Nothing was ordered and nothing was charged, because something is wrong on our side. We have been told. Your basket is kept, and you can finish on the web; I have sent the address to your Alexa app.
error-again-later = Nothing was charged. Amazon Pay cannot be reached right now. Your basket is kept, so please try again in a few minutes.
error-consent = Nothing was charged. To pay by voice, please allow Amazon Pay for this skill in your Alexa app; I have sent you a card there. Your basket is kept.
error-app = Nothing was charged. Your basket is kept. Please check your Alexa app.
error-try-code = Nothing was charged. You can find your voice code in the Alexa app. Would you like to try again?
error-try-code-again = Your basket is kept. Shall I try again?
error-agreement = Nothing was charged. Please look at your payment method at Amazon; I have sent a card to your Alexa app. Your basket is kept.
error-limit = Nothing was charged: with this order you would reach the most that can be paid by voice in a month. Your basket is kept, and you can finish on the web; I have sent the address to your Alexa app.
error-unclear = I don’t know yet how your payment ended. Nothing is charged twice. Please ask me in a few minutes where your order is.
error-merchant-calm = Something went wrong on our side, and nothing was ordered. Your basket is kept. Please try again later.
error-asked-before = I have asked Amazon Pay for this order before, and it is not charged twice. I will write to you as soon as I know how it ended.
declined-method = Nothing was charged. Your basket is kept. Once your payment method is mended, say check out, or finish on the web; I have sent the address to your Alexa app.
declined = Nothing was charged, because the payment was not accepted. Your basket is kept. You can pay another way on the web; I have sent the address to your Alexa app.
declined-later = Nothing was charged. Your basket is kept, so please try again later, or finish on the web; I have sent the address to your Alexa app.
address-unreachable = Nothing was charged. I could not learn where your parcel goes. Your basket is kept, so please check out again, or finish on the web; I have sent the address to your Alexa app.

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
            [one] { $major } pound
           *[other] { $major } pounds
        }
       *[JPY] { $major } yen
    }
money-with-cents = { $currency ->
        [USD] { $major ->
            [one] { $major } dollar
           *[other] { $major } dollars
        } and { $minor ->
            [one] { $minor } cent
           *[other] { $minor } cents
        }
        [EUR] { $major ->
            [one] { $major } euro
           *[other] { $major } euros
        } and { $minor ->
            [one] { $minor } cent
           *[other] { $minor } cents
        }
       *[GBP] { $major ->
            [one] { $major } pound
           *[other] { $major } pounds
        } and { $minor ->
            [one] { $minor } penny
           *[other] { $minor } pence
        }
    }
money-cents = { $currency ->
        [GBP] { $minor ->
            [one] { $minor } penny
           *[other] { $minor } pence
        }
       *[other] { $minor ->
            [one] { $minor } cent
           *[other] { $minor } cents
        }
    }

## Dates

date = { $month ->
        [1] { $day } January
        [2] { $day } February
        [3] { $day } March
        [4] { $day } April
        [5] { $day } May
        [6] { $day } June
        [7] { $day } July
        [8] { $day } August
        [9] { $day } September
        [10] { $day } October
        [11] { $day } November
       *[12] { $day } December
    }

## On the web

web-cart-title = Your basket from Alexa
web-cart = This is what you put into your basket by voice. Nothing has been charged for it. You can go on here, with any way to pay.
web-cart-button = Go on with this basket
web-cart-another = It takes the place of the basket that you have in this browser.
