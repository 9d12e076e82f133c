"""What boto can ask about an account and its transactions, and every way it is told no."""

import calendar
import time
from decimal import Decimal


def iso(seconds_from_now):
    """A date-time of the sandbox's business clock, which only runs ahead of ours."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(calendar.timegm(time.gmtime()) + seconds_from_now))


LONG_AGO = "2012-01-01T00:00:00Z"
A_CENTURY = 100 * 366 * 24 * 60 * 60


def activity(walk, payment):
    """GetAccountActivity: everything boto did so far, in types of boto's own."""

    def ask(**more):
        return walk.fps.get_account_activity(StartDate=LONG_AGO, **more).GetAccountActivityResult

    whole = ask(MaxBatchSize="200")
    assert int(whole.BatchSize) == len(whole.Transaction) > 3, whole
    paid = [own for own in whole.Transaction if own.TransactionId == payment][0]
    assert paid.FPSOperation == "Pay" and paid.TransactionStatus == "Success", paid
    assert paid.TransactionAmount.Value == Decimal("20.00") and paid.FPSFees.Value == Decimal("0.88"), paid
    assert [(part.Role, part.Reference) for part in paid.TransactionPart] == [("Caller", "boto-pay-1")], paid
    assert paid.CallerTransactionDate and paid.DateReceived and paid.DateCompleted and paid.SenderTokenId, paid
    refund = [own for own in whole.Transaction if own.FPSOperation == "Refund"][0]
    assert refund.OriginalTransactionId == payment and refund.FPSFees.Value < 0, refund
    newest = [own.TransactionId for own in whole.Transaction]
    assert [own.TransactionId for own in ask(SortOrderByDate="Ascending").Transaction] == newest[::-1]
    for filters, operations in [
        (dict(FPSOperation="Refund"), {"Refund"}),
        (dict(Status="Cancelled"), {"Reserve"}),
        (dict(PaymentMethod="ACH"), set()),
        (dict(Role="Recipient"), set()),
    ]:
        assert {own.FPSOperation for own in ask(**filters).Transaction} == operations, filters
    walk.say("GetAccountActivity: %d transactions, filtered and turned round" % len(newest))
    walk.refused("InvalidDateRange", lambda: walk.fps.get_account_activity(StartDate=iso(A_CENTURY)))
    walk.refused("InvalidDateRange", lambda: ask(EndDate="2011-01-01T00:00:00Z"))
    walk.refused("InvalidParams", lambda: ask(MaxBatchSize="201"))
    walk.refused("InvalidParams", lambda: walk.fps.get_account_activity(StartDate="last week"))
    walk.say("GetAccountActivity with dates or sizes that cannot be: InvalidDateRange, InvalidParams")


def balance(walk):
    """GetAccountBalance: 1,000.00 to begin with and the marketplace's fees."""
    held = walk.fps.get_account_balance().GetAccountBalanceResult.AccountBalance
    # 0.10 and 5 % of 20.00, then the agreed 0.30 and 5 % of 31.00.
    assert held.TotalBalance.Value == Decimal("1002.95"), held
    assert str(held.TotalBalance).endswith("0000") and held.TotalBalance.CurrencyCode == "USD", held
    assert held.PendingInBalance.Value == held.PendingOutBalance.Value == 0, held
    assert held.AvailableBalances.RefundBalance.Value == held.TotalBalance.Value, held
    assert held.AvailableBalances.DisburseBalance.Value == held.TotalBalance.Value, held
    walk.say("GetAccountBalance: %s" % held.TotalBalance)


def transaction(walk, payment):
    """GetTransaction: fees, names and the past."""
    whole = walk.fps.get_transaction(TransactionId=payment).GetTransactionResult.Transaction
    assert whole.TransactionAmount.Value == Decimal("20.00") and whole.FPSFees.Value == Decimal("0.88"), whole
    assert whole.FPSFeesPaidBy == "Recipient" and whole.CallerReference == "boto-pay-1", whole
    assert whole.SenderName == "Clara Cardwell" and not hasattr(whole, "SenderEmail"), whole
    walk.say("GetTransaction: fees and who pays them, no address of the buyer's in a marketplace")
    walk.refused("InvalidTransactionId", lambda: walk.fps.get_transaction(TransactionId="MADEUP"))
    walk.refused("InvalidTransactionId", lambda: walk.fps.get_transaction_status(TransactionId="MADEUP"))
    walk.say("GetTransaction and GetTransactionStatus of nothing: InvalidTransactionId")


def cancelled_token(walk):
    """CancelToken: for good, and only one's own."""
    token, _ = walk.approve("boto-regret", "5.00", "acc_bill", "ABT", "SA")
    walk.fps.cancel_token(TokenId=token, ReasonText="changed their mind")
    found = walk.fps.get_token_by_caller(TokenId=token).GetTokenByCallerResult
    assert found.TokenStatus == "Inactive", found
    walk.refused("TokenNotActive_Sender", lambda: walk.fps.pay(**walk.money("boto-regret-1", "5.00", token)))
    walk.refused("InvalidTokenId", lambda: walk.fps.cancel_token(TokenId="MADEUP"))
    walk.say("CancelToken: Inactive, Pay with it TokenNotActive_Sender, of nothing InvalidTokenId")


def standing(walk):
    """Pipelines MultiUse, EditToken and Recurring, GetTokens and GetTokenUsage: approvals for more than one charge."""
    fps = walk.fps
    own = fps.get_token_by_caller(CallerReference="marketplace-recipient").GetTokenByCallerResult.TokenId
    tab = walk.pipeline(
        "ABT",
        pipelineName="MultiUse",
        CallerReference="boto-tab",
        globalAmountLimit="10.00",
        recipientTokenList=own + "," + walk.seller,
    )
    assert fps.pay(**walk.money("boto-tab-1", "6.00", tab)).PayResult.TransactionStatus == "Success"
    walk.refused("TokenUsageError", lambda: fps.pay(**walk.money("boto-tab-2", "6.00", tab)))
    walk.say("MultiUse pipeline: charged within its limit, TokenUsageError above it")
    assert fps.get_token_usage(TokenId=tab).GetTokenUsageResult.LastResetTimestamp
    walk.refused("InvalidTokenId", lambda: fps.get_token_usage(TokenId="MADEUP"))
    single = fps.get_token_by_caller(CallerReference="boto-pay").GetTokenByCallerResult.TokenId
    walk.refused("InvalidTokenType", lambda: fps.get_token_usage(TokenId=single))
    walk.say("GetTokenUsage: of a tab, and InvalidTokenType for a single-use token")
    edited = walk.pipeline("CC", pipelineName="EditToken", CallerReference="boto-tab-by-card", tokenID=tab)
    assert edited != tab
    newest = fps.get_tokens(TokenType="MultiUse", TokenStatus="Active").GetTokensResult.Token
    assert [token.TokenId for token in newest] == [edited] and newest[0].OldTokenId == tab, newest
    walk.say("EditToken pipeline: a new token that names the old one, found by GetTokens")
    club = walk.pipeline(
        "CC",
        pipelineName="Recurring",
        CallerReference="boto-club",
        transactionAmount="9.99",
        recurringPeriod="1 Month",
        recipientToken=walk.seller,
    )
    walk.refused("IncompatibleTokens", lambda: fps.pay(**walk.money("boto-club-1", "9.98", club)))
    assert fps.pay(**walk.money("boto-club-2", "9.99", club)).PayResult.TransactionStatus == "Pending"
    walk.refused("TokenUsageError", lambda: fps.pay(**walk.money("boto-club-3", "9.99", club)))
    fps.cancel_token(TokenId=club)
    walk.refused("TokenNotActive_Sender", lambda: fps.pay(**walk.money("boto-club-4", "9.99", club)))
    walk.say("Recurring pipeline: one amount, once a period, until CancelToken")


def told_no(walk, payment, settled):
    """Every other action, asked for what it must not do."""
    fps, money = walk.fps, walk.money
    # Waiting for the hold takes a day, and approvals last three hours.
    hold = walk.reserve("boto-no")
    bank, _ = walk.approve("boto-no-bank", "5.00", "acc_bonnie", "ACH", "SB")
    poor, _ = walk.approve("boto-no-poor", "5.00", "acc_max", "ABT", "SA")
    cases = [
        ("PaymentInstrumentNotCC", lambda: fps.reserve(**money("boto-no-1", "5.00", bank))),
        ("InsufficientBalance", lambda: fps.pay(**money("boto-no-2", "5.00", poor))),
        ("IncompatibleTokens", lambda: fps.pay(**money("boto-no-3", "6.00", bank))),
        ("InvalidTokenId_Sender", lambda: fps.pay(**money("boto-no-4", "5.00", "MADEUP"))),
        ("InvalidParams", lambda: fps.pay(**money("boto-no-5", "five", bank))),
        ("DuplicateRequest", lambda: fps.pay(**money("boto-no-3", "7.00", bank))),
        (
            "SettleAmountGreaterThanReserveAmount",
            lambda: fps.settle(ReserveTransactionId=hold, TransactionAmount="31.01"),
        ),
        ("InvalidTransactionState", lambda: fps.settle(ReserveTransactionId=settled, TransactionAmount="31.00")),
        ("InvalidTransactionState", lambda: fps.cancel(TransactionId=payment)),
        (
            "RefundAmountExceeded",
            lambda: fps.refund(TransactionId=payment, CallerReference="boto-no-6", RefundAmount="12.51"),
        ),
        ("InvalidTokenId", lambda: fps.get_recipient_verification_status(RecipientTokenId="MADEUP")),
        ("InvalidCallerReference", lambda: fps.get_token_by_caller(CallerReference="never")),
        ("InvalidParams", lambda: fps.verify_signature(UrlEndPoint="http://localhost/", HttpParameters="status=SC")),
    ]
    for code, act in cases:
        walk.refused(code, act)
    fps.cancel(TransactionId=hold)
    walk.say("%d calls that must not go well, each refused with its code" % len(cases))


def beyond_the_guide(walk):
    """boto also knows actions of prepaid, postpaid and Simple Pay: nothing of them is here."""
    fps = walk.fps
    for act in [
        lambda: fps.get_outstanding_debt_balance(),
        lambda: fps.get_total_prepaid_liability(),
        lambda: fps.get_prepaid_balance(PrepaidInstrumentId="x"),
        lambda: fps.get_debt_balance(CreditInstrumentId="x"),
        lambda: fps.settle_debt(CreditInstrumentId="x", SenderTokenId="x", SettlementAmount="1.00"),
        lambda: fps.write_off_debt(CreditInstrumentId="x", AdjustmentAmount="1.00"),
        lambda: fps.fund_prepaid(PrepaidInstrumentId="x", SenderTokenId="x", FundingAmount="1.00"),
        lambda: fps.install_payment_instruction(PaymentInstruction="MyRole == 'Caller';", TokenType="Unrestricted"),
        lambda: fps.get_payment_instruction(TokenId="x"),
        lambda: fps.cancel_subscription_and_refund(SubscriptionId="x", RefundAmount="1.00", CallerReference="x"),
        lambda: fps.get_subscription_details(SubscriptionId="x"),
        lambda: fps.get_transactions_for_subscription(SubscriptionId="x"),
    ]:
        walk.refused("InvalidAction", act)
    walk.say("actions that the guide does not have: InvalidAction")
