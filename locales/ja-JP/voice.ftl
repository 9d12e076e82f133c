# What the skill says, and what stands on its cards. One question in a turn, at its end; a reprompt is
# shorter and different. Titles, names and amounts come from outside and are escaped when they are spoken.
# Nothing here names a code, an address or an order's number aloud: those belong on cards.

## Coming and going

welcome = 小さな作り手のマーケット、{ $shop }へようこそ。何をお探しですか？
welcome-again = たとえば「はちみつ」のように商品の名前を言うか、「ヘルプ」と言ってください。何をお探しですか？
welcome-cart = おかえりなさい、{ $shop }です。カートに{ $count ->
       *[other] 商品が{ $count }点
    }入っています。レジに進みますか？
welcome-cart-again = レジに進むことも、ほかの商品を探すこともできます。レジに進みますか？
help = 「はちみつを探して」のように言うと、商品を探せます。カートに入れたり、カートの中身を聞いたり、Amazon Payでお支払いしたりできます。ご購入後は、注文状況の確認、キャンセル、返金のご依頼もできます。お支払い方法の変更については、Alexaアプリに送ったカードをご覧ください。何をしますか？
help-again = たとえば、「はちみつを探して」と言ってください。何をしますか？
stop = またどうぞ。
stop-cart = またどうぞ。カートの中身は次回まで取っておきます。
fallback = すみません、聞き取れませんでした。商品を探したり、カートの中身を聞いたり、レジに進んだりできます。何をしますか？
fallback-again = できることを知りたいときは、「ヘルプ」と言ってください。どうしますか？
nothing-asked = 今お聞きしていることはありません。商品を探したり、カートの中身を聞いたり、レジに進んだりできます。何をしますか？
nothing-to-repeat = まだ何もお話ししていません。何をお探しですか？

## Looking

found-one = { $seller }の{ $title }が{ $price }で見つかりました。カートに入れますか？
found-one-again = { $title }をカートに入れますか？
found-some = { $list }が見つかりました。どれについて聞きますか？
found-some-again = 商品の名前を一つ言ってください。どれにしますか？
found-item = { $price }の{ $title }
found-none = { $words }は見つかりませんでした。ほかに何を探しましょうか？
found-none-again = ほかに何を探しましょうか？
which-product = 何を追加しますか？
which-product-again = たとえば「はちみつ」のように、商品の名前を言ってください。何にしますか？
which-find = 何をお探しですか？
details = { $seller }の{ $title }は{ $price }です。{ $about } { $left ->
       *[other] 残りは{ $left }点です。
    }カートに入れますか？
details-sold-out = { $title }は売り切れです。ほかに何を探しましょうか？
subscription = { $title }は定期購入の商品で、ウェブサイトでお申し込みいただけます。ほかに何を探しましょうか？
service = { $title }はサービスの商品で、ウェブサイトでお申し込みいただけます。ほかに何を探しましょうか？

## The cart

added = { $quantity ->
        [1] { $title }をカートに入れました。
       *[other] { $title }を{ $quantity }点、カートに入れました。
    }
only-left = { $title }は、{ $left ->
        [0] もう在庫がありません。
       *[other] 残り{ $left }点だけです。
    }ほかに何を探しましょうか？
too-many = 一つの商品は{ $most }点までカートに入れられます。何点にしますか？
ask-checkout = レジに進みますか？
ask-checkout-again = ほかの商品を探すこともできます。レジに進みますか？
upsell = { $seller }には、{ $price }の{ $title }もあります。不要でしたら「いいえ」と言ってください。こちらもいかがですか？
upsell-again = { $title }も追加しますか？
all-right = わかりました。
cart-empty = カートは空です。何をお探しですか？
cart-empty-again = たとえば、「はちみつを探して」と言えます。何をお探しですか？
cart = カートには{ $count ->
       *[other] { $list }
    }が入っています。合計は{ $total }、送料は別です。レジに進みますか？
cart-more = { $list }など
cart-line = { $quantity ->
        [1] { $title }
       *[other] { $quantity }点の{ $title }
    }
removed = { $title }をカートから削除しました。
removed-empty = { $title }をカートから削除しました。カートは空になりました。何をお探しですか？
not-in-cart = { $title }はカートに入っていません。どうしますか？
which-remove = どれをカートから削除しますか？
list-and = { $first }、それと{ $last }

## Checking out

review = ご注文の内容です。{ $parcels } お届け先は{ $city }の{ $name }様で、三日から六日ほどでお届けします。Amazon Payでのお支払いは、税金と送料を含めて{ $total }です。注文を確定しますか？
review-again = 「はい」とおっしゃるまで、料金は請求されません。注文を確定しますか？
review-parcel = { $seller }から、{ $list }。送料{ $delivery }{ $tax ->
        [none] を含めて
       *[other] と税金{ $tax }を含めて
    }、{ $total }です。
review-digital = ご注文の内容です。{ $parcels }Amazon Payで税込み{ $total }をお支払いいただきます。注文しますか？
review-parcel-digital = { $seller }から、{ $list }、{ $total }、すぐにお届けします。
review-card-title = { $shop }でのご注文
review-card = { $lines }
    送料：{ $delivery }
    税金：{ $tax }
    合計：{ $total }

    販売元：{ $seller }
    お届け先：{ $address }
changed = カートの中身か価格が変わったため、まだ何も注文していません。{ $review }
not-ordered = わかりました。注文はしていません。カートはそのままです。どうしますか？
no-voice-pay = 料金は請求されていません。このショップでは、音声でのお支払いはできません。カートはそのままで、ウェブサイトで購入できます。リンクをAlexaアプリに送りました。
cannot-deliver = 料金は請求されていません。Amazon Payに登録されている住所には、お荷物をお届けできません。ウェブサイトで購入を続けられます。リンクをAlexaアプリに送りました。
no-address = 料金は請求されていません。カートはそのままです。Amazon Payから、お荷物のお届け先を受け取れませんでした。Amazonアカウントの設定で住所を登録してから、もう一度レジに進んでください。
cart-trouble = { $title }は今購入できないため、何も注文していません。カートから削除しますか？
cart-trouble-again = { $title }をカートから削除しますか？
bought = ありがとうございます。{ $seller }への注文を確定しました。{ $total }は発送時に請求されます。詳しくはAlexaアプリをご覧ください。
bought-delivered = ありがとうございます。{ $seller }への{ $total }のご注文は支払いが完了し、お届けしました。注文ページでご覧いただけます。リンクはAlexaアプリにあります。
bought-paid = ありがとうございます。{ $seller }への注文のお支払いが完了しました。金額は{ $total }です。詳しくはAlexaアプリをご覧ください。
bought-looking = ありがとうございます。{ $seller }への{ $total }のお支払いは、Amazonがまだ確認しています。結果がわかり次第メールでお知らせします。それまで料金は請求されません。
bought-too-late = お支払いの前に注文が取り消されていたため、料金は請求されません。もう一度レジに進みますか？
bought-elsewhere = 今のところ、料金は請求されていません。お支払い待ちの注文は見つかりませんでした。どうしますか？
waiting-ask = { $seller }への{ $total }の注文について、まだ返事がありません。二重に請求されることはありません。Amazon Payにもう一度確認しますか？
waiting-ask-again = もう一度確認しますか？
waiting-looking = { $seller }への{ $total }のお支払いは、Amazonがまだ確認しています。あとで注文の状況を聞いてください。ほかにご用はありますか？
rest-changed = { $said }残りのカートの内容か値段が変わりました。{ $review }
setup-elsewhere = Amazon Payの準備ができました。何をしますか？
bought-card-title = 注文 { $number }
bought-card = { $lines }
    合計：{ $total }

    販売元：{ $seller }
    ウェブで注文を見る：{ $link }

## After the sale

status-none = ご注文はまだありません。何をお探しですか？
status = { $date }に{ $seller }へ注文された、{ $total }のご注文です。{ $state }ほかにご用はありますか？
status-again = ほかにご用はありますか？
state-placed = お客様の承認を待っています。料金は請求されていません。
state-consented = お支払いを確認しています。
state-reserved = 発送の準備をしています。料金は発送時に請求されます。
state-paid = お支払いが済み、発送の準備をしています。
state-shipped = 発送済みで、お届けの途中です。
state-delivered = お支払いとお届けが完了しています。注文ページでご覧いただけます。
state-service-held = これから作業が行われます。料金は作業の完了時に請求されます。
state-service-paid = お支払いが済み、これから作業が行われます。
state-done = 作業とお支払いが完了しています。
state-refunded = 返金されました。
state-cancelled = キャンセルされました。料金は請求されていません。
state-declined = お支払いが承認されませんでした。料金は請求されていません。
state-expired = 期限が切れました。料金は請求されていません。
order-card-title = 注文 { $number }
order-card = { $state }
    合計：{ $total }

    販売元：{ $seller }
    販売元への連絡、キャンセル、返金のご依頼：{ $link }
cancel-none = キャンセルできる注文はありません。お問い合わせ先をAlexaアプリに送りました。ほかに何かありますか？
cancel-ask = { $seller }への{ $total }の注文をキャンセルしますか？
cancel-ask-again = 「はい」とおっしゃるまで、キャンセルしません。キャンセルしますか？
cancelled = { $seller }への注文をキャンセルしています。料金は請求されません。ほかにご用はありますか？
cancel-too-late = その注文はお支払いが済んでいます。返金を依頼しますか？
refund-none = 返金できるものはありません。お問い合わせ先をAlexaアプリに送りました。ほかに何かありますか？
refund-ask = { $seller }への注文の全額、{ $total }を返金しますか？
refund-ask-shipped = { $seller }への注文は発送済みのため、返金は販売元が判断します。{ $total }の返金を依頼しますか？
refund-ask-done = { $seller }への注文は完了しているため、返金は販売元が判断します。{ $total }の返金を依頼しますか？
refund-ask-again = 「はい」とおっしゃるまで、何も行いません。続けますか？
refunded = { $total }を返金します。反映まで数日かかることがあります。ほかにご用はありますか？
refund-asked = { $seller }に返金を依頼しました。お返事はメールで届きます。ほかにご用はありますか？
refund-asked-before = ご依頼はすでに{ $seller }に届いていて、これからお返事があります。ほかにご用はありますか？
refund-not-charged = その注文の料金はまだ請求されていません。代わりにキャンセルしますか？
refund-not-charged-again = キャンセルしますか？
left-alone = わかりました。このままにしておきます。ほかにご用はありますか？
contact-card-title = お問い合わせ
contact-card = 注文、キャンセル、返金について：{ $link }
    販売元へは、各注文のページからご連絡いただけます。
refund-reason = 音声でのご依頼です。

## Paying

payment-help = Amazon Payでは、Amazonのワンクリック設定の住所とお支払い方法を使います。変更の方法をAlexaアプリのカードに送りました。ほかにご用はありますか？
payment-help-card-title = 1-Click設定の変更
payment-help-card = Amazon Payでは、1-Click設定の既定の住所とお支払い方法を使います：{ $link }
consent = 音声でお支払いいただくには、AlexaアプリでこのスキルのAmazon Payを許可してください。アプリにカードを送りました。カートはそのままです。
consent-early = { $shop }へようこそ。音声で購入するには、AlexaアプリでAmazon Payを許可してください。アプリにカードを送りました。何をお探しですか？
finish-card-title = ウェブサイトで購入を完了
finish-card = カートはそのままで、料金は請求されていません。別のお支払い方法で購入を完了するには：{ $link }
link-needed = ウェブで見るには、アカウントをリンクしてください。Alexaアプリにカードを送りました。

## When something goes wrong: one message for each way it can, see the skill's table of errors

error-amazon-spoke = 料金は請求されていません。カートはそのままです。
error-amazon-spoke-later = 料金は請求されていません。カートはそのままですので、あとでもう一度お試しください。
error-merchant = こちら側に問題があるため、注文も料金の請求も行われていません。担当者には連絡済みです。カートはそのままで、ウェブサイトで購入を続けられます。リンクをAlexaアプリに送りました。
error-again-later = 料金は請求されていません。ただいまAmazon Payにつながりません。カートはそのままですので、数分後にもう一度お試しください。
error-consent = 料金は請求されていません。音声でお支払いいただくには、AlexaアプリでこのスキルのAmazon Payを許可してください。アプリにカードを送りました。カートはそのままです。
error-app = 料金は請求されていません。カートはそのままです。Alexaアプリをご確認ください。
error-try-code = 料金は請求されていません。音声コードはAlexaアプリで確認できます。もう一度試しますか？
error-try-code-again = カートはそのままです。もう一度試しますか？
error-agreement = 料金は請求されていません。Amazonのお支払い方法をご確認ください。Alexaアプリにカードを送りました。カートはそのままです。
error-limit = 料金は請求されていません。この注文で、音声でお支払いいただける一か月の上限に達します。カートはそのままで、ウェブサイトで購入を続けられます。リンクをAlexaアプリに送りました。
error-unclear = お支払いの結果がまだわかりません。二重に請求されることはありません。数分後に、注文の状況を聞いてください。
error-merchant-calm = こちら側で問題が起きたため、注文は行われていません。カートはそのままです。あとでもう一度お試しください。
error-asked-before = この注文はすでにAmazon Payに依頼してあり、二重に請求されることはありません。結果がわかり次第メールでお知らせします。
declined-method = 料金は請求されていません。カートはそのままです。お支払い方法を直したら、「レジに進む」と言うか、ウェブサイトで購入を続けてください。リンクをAlexaアプリに送りました。
declined = お支払いが承認されなかったため、料金は請求されていません。カートはそのままです。ウェブサイトでは別の方法でお支払いいただけます。リンクをAlexaアプリに送りました。
declined-later = 料金は請求されていません。カートはそのままです。あとでもう一度試すか、ウェブサイトで購入を続けてください。リンクをAlexaアプリに送りました。
address-unreachable = 料金は請求されていません。お荷物のお届け先を確認できませんでした。カートはそのままです。もう一度レジに進むか、ウェブサイトで購入を続けてください。リンクをAlexaアプリに送りました。

## Money: the words for whole units and hundredths, as people say them

money = { $currency ->
        [USD] { $major }ドル
        [EUR] { $major }ユーロ
        [GBP] { $major }ポンド
       *[JPY] { $major }円
    }
money-with-cents = { $currency ->
        [USD] { $major }ドル{ $minor }セント
        [EUR] { $major }ユーロ{ $minor }セント
       *[GBP] { $major }ポンド{ $minor ->
            [1] 1ペニー
           *[other] { $minor }ペンス
        }
    }
money-cents = { $currency ->
        [GBP] { $minor ->
            [1] 1ペニー
           *[other] { $minor }ペンス
        }
       *[other] { $minor }セント
    }

## Dates

date = { $month }月{ $day }日

## On the web

web-cart-title = Alexaで選んだカート
web-cart = 音声でカートに入れた商品です。まだ何も請求されていません。ここで、お好きな支払い方法で続けられます。
web-cart-button = このカートで続ける
web-cart-another = このブラウザーの今のカートと入れ替わります。
