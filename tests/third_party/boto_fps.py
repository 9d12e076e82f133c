"""An FPS client that nobody here wrote walks through the sandbox.

boto 2.49 spoke to the real service until it closed. Its `boto.fps` is Python 2: three expressions
of it, and two of what it stands on, are rewritten in memory while they are loaded; what it signs,
sends and reads is its own.

    PYTHONPATH=folder-with-boto python3 boto_fps.py http://127.0.0.1:3001

Prints one line per thing that was tried and leaves with 1 at the first that went wrong. The address
is that of a `pushcart sandbox` with the example keys that has not met boto before.
"""

import html.parser
import http.client
import importlib.abc
import importlib.machinery
import importlib.util
import json
import sys
import types
import urllib.parse

import boto_fps_account as account

ACCESS_KEY = "AKIAIOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

# Where people are sent back to. Nobody listens there: what counts is the address itself.
RETURN_URL = "http://localhost:3000/return/fps?seen=by+boto"

# Module, then what stands there and what stands there for us.
REWRITTEN = {
    "boto.fps.connection": [
        ("import urllib\n", "import urllib.parse as urllib\n"),
        ("filter(kw.has_key, fields)", "[field for field in fields if field in kw]"),
        ("len(filter(kw.has_key, x))", "len([name for name in x if name in kw])"),
        ("len(filter(hasgroup, groups))", "len(list(filter(hasgroup, groups)))"),
    ],
    # Pythons from 3.12 on import through find_spec alone.
    "boto.vendored.six": [
        (
            "    def find_module(self, fullname, path=None):\n",
            "    def find_spec(self, fullname, path=None, target=None):\n"
            "        from importlib.util import spec_from_loader\n"
            "        return spec_from_loader(fullname, self) if fullname in self.known_modules else None\n\n"
            "    def create_module(self, spec):\n"
            "        return self.load_module(spec.name)\n\n"
            "    def exec_module(self, module):\n"
            "        pass\n\n"
            "    def find_module(self, fullname, path=None):\n",
        ),
    ],
}


class Rewriter(importlib.abc.MetaPathFinder):
    """Loads the modules of REWRITTEN with their few names changed; nothing is written to disk."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname not in REWRITTEN:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is not None:
            spec.loader = RewritingLoader(fullname, spec.origin)
        return spec


class RewritingLoader(importlib.machinery.SourceFileLoader):
    """The usual loader, with other words and without the cache of the old ones."""

    def get_code(self, fullname):
        text = self.get_data(self.path).decode("utf-8")
        for old, new in REWRITTEN[fullname]:
            assert old in text, "this is not boto 2.49: no %r in %s" % (old, fullname)
            text = text.replace(old, new)
        return compile(text, self.path, "exec")


sys.meta_path.insert(0, Rewriter())
# boto names it for its plug-ins, of which we have none; Python 3.12 no longer has it.
sys.modules.setdefault("imp", types.ModuleType("imp"))

from boto.fps.connection import FPSConnection  # noqa: E402
from boto.fps.exception import ResponseError  # noqa: E402


class Form:
    """A form as it was served: where it goes, how, and what it says before anybody types."""

    def __init__(self, action, method):
        self.action = action
        self.method = method
        self.fields = []


class Forms(html.parser.HTMLParser):
    """Reads the forms of a page as a browser would submit them."""

    def __init__(self, text):
        super().__init__()
        self.forms = []
        self.form = None
        self.select = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.form = Form(attrs.get("action", ""), attrs.get("method", "get").upper())
            self.forms.append(self.form)
        elif self.form is None or not self.form_field(tag, attrs):
            return

    def form_field(self, tag, attrs):
        name = attrs.get("name")
        if tag == "input" and name:
            kind = attrs.get("type", "text")
            is_left_out = kind in ("radio", "checkbox") and "checked" not in attrs
            if kind != "submit" and not is_left_out:
                self.form.fields.append((name, attrs.get("value", "on" if kind == "checkbox" else "")))
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            is_first = all(name != self.select for name, _ in self.form.fields)
            if is_first or "selected" in attrs:
                self.form.fields = [pair for pair in self.form.fields if pair[0] != self.select]
                self.form.fields.append((self.select, attrs.get("value", "")))
        return True

    def handle_endtag(self, tag):
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = None


class Browser:
    """A browser without script, which stops where it is sent back to the shop."""

    def __init__(self, sandbox):
        self.sandbox = urllib.parse.urlsplit(sandbox)
        self.page = ""
        self.status = 0
        self.returned = None

    def request(self, method, path, host, body=None):
        connection = http.client.HTTPConnection(self.sandbox.hostname, self.sandbox.port, timeout=30)
        headers = {"Host": host}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        self.page, self.status = answer.read().decode("utf-8"), answer.status
        location = answer.getheader("Location")
        connection.close()
        if location and location.startswith(RETURN_URL):
            self.returned = location
        elif location:
            self.request("GET", self.path_of(location), self.sandbox.netloc)

    def path_of(self, address):
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(self.sandbox.geturl() + "/", address))
        assert parts.netloc == self.sandbox.netloc, "sent somewhere else: " + address
        return parts.path + ("?" + parts.query if parts.query else "")

    def open(self, address):
        """Opens an address of the real service at the sandbox, with the host that boto signed."""
        parts = urllib.parse.urlsplit(address)
        self.request("GET", parts.path + "?" + parts.query, parts.netloc)
        return self

    def submit(self, action, **typed):
        """Submits the first form that goes to `action` and can hold what is typed."""
        forms = [form for form in Forms(self.page).forms if form.action.endswith(action)]
        for form in forms:
            fields = dict(form.fields)
            if all(fields.get("how", value) == value for name, value in typed.items() if name == "how"):
                fields.update({name: value for name, value in typed.items() if name != "how"})
                self.request(form.method, self.path_of(form.action), self.sandbox.netloc, urllib.parse.urlencode(fields))
                return self
        raise AssertionError("no form to %s for %s at %s: %s" % (action, sorted(typed), self.status, self.page))

    def answer(self):
        """What the pages send back to the shop, as the shop reads it."""
        assert self.returned, "not sent back, but %s: %s" % (self.status, self.page)
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.returned).query, keep_blank_values=True))


class Walk:
    """Everything the shop does with FPS, done by boto."""

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.parts = urllib.parse.urlsplit(sandbox)
        self.fps = self.connect(SECRET_KEY)
        self.said = 0

    def connect(self, secret):
        return FPSConnection(
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=secret,
            host=self.parts.hostname,
            port=self.parts.port,
            is_secure=False,
        )

    def control(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=30)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, "/_sandbox/" + path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        connection.close()
        assert answer.status == 200, "%s %s: %s %s" % (method, path, answer.status, text)
        return json.loads(text)

    def say(self, what):
        self.said += 1
        print("ok %2d  %s" % (self.said, what), flush=True)

    def register(self):
        """The Recipient pipeline. With the documented `callerReference` boto adds one of its own besides."""
        address = self.fps.cbui_url(
            pipelineName="Recipient",
            returnURL=RETURN_URL,
            callerReference="boto-seller",
            callerReferenceRefund="boto-seller-refund",
            recipientPaysFee="True",
            maxFixedFee="0.30",
            maxVariableFee="5",
            paymentMethod="CC,ACH,ABT",
            version="2009-01-09",
        )
        assert "&callerReference=boto-seller&" in address and "CallerReference=" in address, address
        browser = Browser(self.sandbox).open(address)
        browser.submit("/sign-in", how="persona", persona="acc_wares").submit("/confirm")
        answer = browser.answer()
        assert answer["status"] == "SR" and answer["callerReference"] == "boto-seller", answer
        assert answer["tokenID"] and answer["refundTokenID"], answer
        self.seller = answer["tokenID"]
        self.say("Recipient pipeline: SR, a token and a refund token")
        return browser.returned

    def approve(self, reference, amount, persona, method, status):
        """The SingleUse pipeline, by boto's own spelling of CallerReference and without a version."""
        address = self.fps.cbui_url(
            pipelineName="SingleUse",
            returnURL=RETURN_URL,
            CallerReference=reference,
            recipientToken=self.seller,
            transactionAmount=amount,
            currencyCode="USD",
            paymentMethod="CC,ACH,ABT",
            paymentReason="Tea & <b>biscuits</b>, 100% ~ fine",
        )
        browser = Browser(self.sandbox).open(address)
        browser.submit("/sign-in", how="persona", persona=persona)
        browser.submit("/payment", method=method).submit("/confirm")
        answer = browser.answer()
        assert answer["status"] == status and answer["callerReference"] == reference, answer
        self.say("SingleUse pipeline by %s: %s" % (method, status))
        return answer["tokenID"], browser.returned

    def pipeline(self, method, **asked):
        """A pipeline by its own parameters, walked by somebody with every means; the token."""
        address = self.fps.cbui_url(returnURL=RETURN_URL, paymentMethod="CC,ACH,ABT", **asked)
        browser = Browser(self.sandbox).open(address)
        browser.submit("/sign-in", how="persona", persona="acc_omni")
        browser.submit("/payment", method=method).submit("/confirm")
        answer = browser.answer()
        assert answer["status"] in ("SA", "SB", "SC") and answer["tokenID"], answer
        return answer["tokenID"]

    def money(self, reference, amount, token):
        return dict(
            CallerReference=reference,
            SenderTokenId=token,
            RecipientTokenId=self.seller,
            TransactionAmount=amount,
            CallerDescription="boto & friends",
        )

    def status_of(self, transaction):
        return self.fps.get_transaction_status(TransactionId=transaction).GetTransactionStatusResult

    def wait_for(self, transaction, wanted):
        for _ in range(20):
            status = self.status_of(transaction).TransactionStatus
            if status == wanted:
                return
            assert status == "Pending", "%s is %s instead of %s" % (transaction, status, wanted)
            self.control("POST", "clock", {"advance_seconds": 24 * 60 * 60})
        raise AssertionError("%s stays Pending" % transaction)

    def refused(self, code, act):
        """`act` is refused with `code`."""
        try:
            act()
        except ResponseError as error:
            assert error.error_code == code, "%s instead of %s" % (error.error_code, code)
            return
        raise AssertionError("not refused with " + code)

    def verify(self, returned):
        """VerifySignature believes the address people came back to, and no other."""
        end_point, _, parameters = returned.partition("?")

        def verdict(text):
            answer = self.fps.verify_signature(UrlEndPoint=end_point, HttpParameters=text)
            return answer.VerifySignatureResult.VerificationStatus

        assert verdict(parameters) == "Success", parameters
        assert verdict(parameters.replace("status=S", "status=T")) == "Failure", parameters
        self.say("VerifySignature: Success as received, Failure when one letter is another")

    def pay(self):
        token, returned = self.approve("boto-pay", "20.00", "acc_clara", "CC", "SC")
        self.verify(returned)
        # boto reads the parts of Token into the result itself.
        found = self.fps.get_token_by_caller(CallerReference="boto-pay").GetTokenByCallerResult
        assert found.TokenId == token and found.TokenStatus == "Active", found
        assert self.fps.get_token_by_caller(TokenId=token).GetTokenByCallerResult.CallerReference == "boto-pay"
        self.say("GetTokenByCaller: by reference and by token")
        asked = self.money("boto-pay-1", "20.00", token)
        # boto makes a whole amount of TransactionAmount only.
        asked.update({
            "MarketplaceFixedFee.Value": "0.10",
            "MarketplaceFixedFee.CurrencyCode": "USD",
            "MarketplaceVariableFee": "5",
        })
        paid = self.fps.pay(**asked).PayResult
        assert paid.TransactionId and paid.TransactionStatus in ("Pending", "Success"), paid
        again = self.fps.pay(**asked).PayResult
        assert again.TransactionId == paid.TransactionId, "the same reference charged twice"
        self.say("Pay: %s, and the same transaction when it is sent again" % paid.TransactionStatus)
        self.wait_for(paid.TransactionId, "Success")
        assert self.status_of(paid.TransactionId).CallerReference == "boto-pay-1"
        self.say("GetTransactionStatus: Success")
        self.refused("SameTokenIdUsedMultipleTimes", lambda: self.fps.pay(**self.money("boto-pay-2", "20.00", token)))
        self.say("Pay with a token that is spent: SameTokenIdUsedMultipleTimes")
        return paid.TransactionId

    def refund(self, payment):
        asked = dict(TransactionId=payment, CallerReference="boto-refund-1", RefundAmount="7.50")
        back = self.fps.refund(**asked).RefundResult
        assert back.TransactionId != payment and back.TransactionStatus in ("Pending", "Success"), back
        assert self.fps.refund(**asked).RefundResult.TransactionId == back.TransactionId
        self.wait_for(back.TransactionId, "Success")
        self.say("Refund: a part of it, once")

    def reserve(self, reference):
        token, _ = self.approve(reference, "31.00", "acc_clara", "CC", "SC")
        held = self.fps.reserve(**self.money(reference + "-hold", "31.00", token)).ReserveResult
        self.wait_for(held.TransactionId, "Reserved")
        return held.TransactionId

    def settle(self):
        hold = self.reserve("boto-settle")
        self.say("Reserve: Reserved")
        self.fps.settle(ReserveTransactionId=hold, TransactionAmount="31.00")
        self.wait_for(hold, "Success")
        self.say("Settle: Success")
        return hold

    def cancel(self):
        hold = self.reserve("boto-cancel")
        self.fps.cancel(TransactionId=hold)
        self.wait_for(hold, "Cancelled")
        self.say("Cancel: Cancelled")

    def seller_status(self):
        answer = self.fps.get_recipient_verification_status(RecipientTokenId=self.seller)
        status = answer.GetRecipientVerificationStatusResult.RecipientVerificationStatus
        assert status == "VerificationComplete", status
        self.say("GetRecipientVerificationStatus: VerificationComplete")

    def wrong_secret(self):
        """A signature of somebody else's opens neither the API nor the pages."""
        stranger = self.connect("not the secret key")
        self.refused("SignatureDoesNotMatch", lambda: stranger.get_transaction_status(TransactionId="x"))
        self.say("a call with a wrong signature: SignatureDoesNotMatch")
        address = stranger.cbui_url(
            pipelineName="SingleUse", returnURL=RETURN_URL, CallerReference="boto-forged", transactionAmount="1.00"
        )
        browser = Browser(self.sandbox).open(address)
        assert browser.returned is None and browser.status == 400 and "signature" in browser.page, browser.page
        self.say("the pages with a wrong signature: an error page, no token")

    def books(self):
        """The sandbox's ledger knows exactly what boto did."""
        listed = self.control("GET", "ledger")["transactions"]
        taken = sorted(t["amount_minor"] for t in listed if t["kind"] in ("pay", "settle") and t["state"] == "Success")
        assert taken == [2000, 3100], listed
        self.say("the sandbox's ledger: one payment, one settled hold")


def main():
    walk = Walk(sys.argv[1])
    returned = walk.register()
    walk.verify(returned)
    walk.seller_status()
    payment = walk.pay()
    walk.refund(payment)
    settled = walk.settle()
    walk.cancel()
    account.activity(walk, payment)
    account.balance(walk)
    account.transaction(walk, payment)
    account.cancelled_token(walk)
    account.told_no(walk, payment, settled)
    account.beyond_the_guide(walk)
    walk.approve("boto-bank", "5.00", "acc_bonnie", "ACH", "SB")
    walk.approve("boto-balance", "5.00", "acc_bill", "ABT", "SA")
    walk.wrong_secret()
    walk.books()
    account.standing(walk)
    print("boto 2.49 is served: %d things tried" % walk.said)


main()
