"""An FPS client that nobody here wrote, boto.fps of boto 2.49, against a running sandbox.

Usage: python3 boto_fps.py FOLDER_WITH_BOTO PORT. Prints one line per step; any other end than "all done" failed.
boto is Python 2 code: the few names that Python 3 lacks are patched in memory, nothing of its protocol is.
"""

import html.parser
import importlib.util
import sys
import time
import urllib.parse
import urllib.request

sys.path.insert(0, sys.argv[1])
PORT = int(sys.argv[2])
BASE = f"http://127.0.0.1:{PORT}"
ACCESS, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
RETURN = "http://localhost:9/back"


def patched_boto():
    """boto.fps.connection with Python 2's has_key, quote and lists out of filter()."""
    urllib.quote = urllib.parse.quote
    spec = importlib.util.find_spec("boto.fps.connection")
    source = open(spec.origin).read().replace("kw.has_key", "kw.__contains__")
    module = importlib.util.module_from_spec(spec)
    module.filter = lambda keep, things: [thing for thing in things if keep(thing)]
    sys.modules["boto.fps.connection"] = module
    exec(compile(source, spec.origin, "exec"), module.__dict__)
    return module


class Forms(html.parser.HTMLParser):
    """The forms of a page with the fields a browser would send untouched."""

    def __init__(self):
        super().__init__()
        self.forms = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.forms.append((attrs.get("action", ""), []))
        elif tag == "input" and self.forms and attrs.get("name"):
            is_choice = attrs.get("type") in ("radio", "checkbox")
            if not is_choice or "checked" in attrs:
                self.forms[-1][1].append((attrs["name"], attrs.get("value", "")))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), NoRedirect)


def fetch(address, fields=None, headers=None):
    """The page, or the address it sends the browser to."""
    body = urllib.parse.urlencode(fields).encode() if fields is not None else None
    request = urllib.request.Request(urllib.parse.urljoin(BASE, address), data=body, headers=headers or {})
    try:
        return OPENER.open(request).read().decode()
    except urllib.error.HTTPError as answer:
        location = answer.headers.get("Location")
        if location is None:
            raise SystemExit(f"{address}: {answer.code} {answer.read().decode()}")
        return location if location.startswith(RETURN) else fetch(location)


def fill(page, action, **answers):
    """Sends the page's form whose action ends with `action`."""
    parser = Forms()
    parser.feed(page)
    target, fields = next(form for form in parser.forms if form[0].endswith(action))
    fields = [(name, answers.pop(name, value)) for name, value in fields] + list(answers.items())
    return fetch(target, fields)


def walk(address, persona, method=None):
    """A person walks the co-branded pages; gives what the shop is told."""
    parts = urllib.parse.urlsplit(address)
    # boto has the live host built in and signs it; the sandbox checks the host it is called by.
    page = fetch(f"{parts.path}?{parts.query}", headers={"Host": parts.netloc})
    page = fill(page, "/sign-in", persona=persona)
    if method:
        page = fill(page, "/payment", method=method)
    back = fill(page, "/confirm")
    return back, dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(back).query))


def settled(fps, transaction, awaited):
    """Waits for the networks; gives the status."""
    for _ in range(100):
        status = fps.get_transaction_status(TransactionId=transaction).GetTransactionStatusResult.TransactionStatus
        if status == awaited:
            return status
        time.sleep(0.1)
    raise SystemExit(f"{transaction} is {status}, not {awaited}")


def main():
    boto = patched_boto()
    fps = boto.FPSConnection(ACCESS, SECRET, host="127.0.0.1", port=PORT, is_secure=False)

    url = fps.cbui_url(pipelineName="Recipient", returnURL=RETURN, callerReference="boto-recipient", recipientPaysFee="True",
                       maxFixedFee="1", maxVariableFee="10", paymentMethod="CC,ACH,ABT", version="2009-01-09")
    back, told = walk(url, "acc_wares")
    assert told["status"] == "SR", told
    recipient = told["tokenID"]
    print("Recipient", told["status"])

    endpoint, query = back.split("?", 1)
    verified = fps.verify_signature(UrlEndPoint=endpoint, HttpParameters=query)
    assert verified.VerifySignatureResult.VerificationStatus == "Success", verified
    forged = fps.verify_signature(UrlEndPoint=endpoint, HttpParameters=query.replace("status=SR", "status=SC"))
    assert forged.VerifySignatureResult.VerificationStatus == "Failure", forged
    print("VerifySignature Success, and Failure for a changed one")

    status = fps.get_recipient_verification_status(RecipientTokenId=recipient)
    print("GetRecipientVerificationStatus", status.GetRecipientVerificationStatusResult.RecipientVerificationStatus)

    def approve(reference, method, persona, amount):
        url = fps.cbui_url(pipelineName="SingleUse", returnURL=RETURN, callerReference=reference, recipientToken=recipient,
                           transactionAmount=amount, paymentMethod="CC,ACH,ABT", paymentReason="A knot", version="2009-01-09")
        told = walk(url, persona, method)[1]
        assert told["status"] in ("SC", "SA"), told
        print("SingleUse", told["status"])
        # boto knows no Token element and files its fields under the result.
        token = fps.get_token_by_caller(CallerReference=reference).GetTokenByCallerResult
        assert token.TokenId == told["tokenID"], token
        print("GetTokenByCaller", token.TokenStatus)
        return told["tokenID"]

    token = approve("boto-card", "CC", "acc_clara", "25.01")
    reserve = fps.reserve(TransactionAmount="25.01", SenderTokenId=token, RecipientTokenId=recipient, CallerReference="boto-reserve")
    held = reserve.ReserveResult.TransactionId
    again = fps.reserve(TransactionAmount="25.01", SenderTokenId=token, RecipientTokenId=recipient, CallerReference="boto-reserve")
    assert again.ReserveResult.TransactionId == held, "the same reference gives the same transaction"
    print("Reserve", settled(fps, held, "Reserved"))
    fps.settle(ReserveTransactionId=held, TransactionAmount="25.01")
    print("Settle", settled(fps, held, "Success"))
    refund = fps.refund(TransactionId=held, RefundAmount="5.00", CallerReference="boto-refund").RefundResult
    print("Refund", settled(fps, refund.TransactionId, "Success"))

    token = approve("boto-cancel", "CC", "acc_clara", "9.00")
    reserve = fps.reserve(TransactionAmount="9.00", SenderTokenId=token, RecipientTokenId=recipient, CallerReference="boto-reserve-2")
    held = reserve.ReserveResult.TransactionId
    settled(fps, held, "Reserved")
    fps.cancel(TransactionId=held)
    print("Cancel", settled(fps, held, "Cancelled"))

    token = approve("boto-pay", "ABT", "acc_bill", "12.00")
    paid = fps.pay(TransactionAmount="12.00", SenderTokenId=token, RecipientTokenId=recipient, CallerReference="boto-pay-1")
    print("Pay", paid.PayResult.TransactionStatus)
    assert paid.PayResult.TransactionStatus == "Success"

    wrong = boto.FPSConnection(ACCESS, SECRET[:-1] + "X", host="127.0.0.1", port=PORT, is_secure=False)
    try:
        wrong.get_transaction_status(TransactionId=held)
        raise SystemExit("a wrong signature was accepted")
    except Exception as error:  # boto makes a class per error code
        assert "SignatureDoesNotMatch" in repr(error) + str(error) + getattr(error, "error_code", ""), repr(error)
        print("a wrong secret is refused")
    print("all done")


main()
