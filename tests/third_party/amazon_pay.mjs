// The official Node SDK against `pushcart sandbox`, unchanged. It insists on https, so it talks to the
// sandbox's TLS address.
//
//   node amazon_pay.mjs SDK_FOLDER TLS_HOST_AND_PORT PLAIN_URL KEYS_FOLDER

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { createRequire } from 'node:module';
import { randomUUID } from 'node:crypto';
import path from 'node:path';

const [sdkFolder, tlsAddress, plainUrl, keys] = process.argv.slice(2);
const require = createRequire(path.join(sdkFolder, 'x.js'));
const { WebStoreClient } = require('@amazonpay/amazon-pay-api-sdk-nodejs');

const ANA = 'amzn1.account.ANAALLGOOD';
const STORE = 'amzn1.application-oa2-client.pushcartdemo';
const usd = (amount) => ({ amount, currencyCode: 'USD' });
const key = () => ({ 'x-amz-pay-idempotency-key': randomUUID().replaceAll('-', '') });

const client = (algorithm, publicKeyId = 'SANDBOX-PUSHCARTDEMO') =>
  new WebStoreClient({
    publicKeyId,
    privateKey: readFileSync(path.join(keys, 'amazon-pay.pem')),
    region: 'us',
    sandbox: true,
    algorithm,
    overrideServiceUrl: tlsAddress,
  });

/** What a refused call says. */
async function refusal(call) {
  try {
    const answer = await call;
    assert.fail(`not refused: ${JSON.stringify(answer.data)}`);
  } catch (error) {
    if (!error.response) throw error;
    return [error.response.status, error.response.data.reasonCode];
  }
}

/** A buyer's browser without script: what the hosted pages are given and where they lead. */
async function submit(where, fields) {
  const body = fields && new URLSearchParams(fields);
  const answer = await fetch(plainUrl + where, { method: body ? 'POST' : 'GET', body, redirect: 'manual' });
  return { location: answer.headers.get('location') ?? '', body: await answer.text() };
}
const visitOf = (page) => /name="session" value="([^"]+)"/.exec(page.body)[1];

async function review(id) {
  const opened = await submit(`/checkout?amazonCheckoutSessionId=${id}`);
  const chosen = await submit('/checkout/sign-in', { session: visitOf(opened), persona: ANA });
  const back = await submit('/checkout/choose', { session: visitOf(chosen), address: 'home', instrument: '1111' });
  assert.match(back.location, /^http:\/\/localhost:3000\/review\?/);
}

async function pay(redirect) {
  const page = await submit(redirect.replace(/^https?:\/\/[^/]+/, ''));
  const back = await submit('/checkout/pay', { session: visitOf(page), instrument: '1111' });
  assert.match(back.location, /^http:\/\/localhost:3000\/result\?/, back.body);
}

const session = (more = {}) => ({
  webCheckoutDetails: { checkoutReviewReturnUrl: 'http://localhost:3000/review' },
  storeId: STORE,
  ...more,
});

/** Create, review, update, pay, complete. */
async function buy(pay_client, amount, intent, more) {
  const created = await pay_client.createCheckoutSession(session(more), key());
  assert.equal(created.status, 201);
  const id = created.data.checkoutSessionId;
  await review(id);
  const read = await pay_client.getCheckoutSession(id);
  assert.equal(read.data.buyer.name, 'Ana Allgood');
  const updated = await pay_client.updateCheckoutSession(id, {
    webCheckoutDetails: { checkoutResultReturnUrl: 'http://localhost:3000/result' },
    paymentDetails: { paymentIntent: intent, canHandlePendingAuthorization: false, chargeAmount: usd(amount) },
    merchantMetadata: { merchantReferenceId: 'order-7', merchantStoreName: 'Pushcart', noteToBuyer: 'It\'s 5 % off!' },
  });
  assert.deepEqual(updated.data.constraints, []);
  await pay(updated.data.webCheckoutDetails.amazonPayRedirectUrl);
  const wrong = await refusal(pay_client.completeCheckoutSession(id, { chargeAmount: usd('0.01') }));
  assert.deepEqual(wrong, [409, 'AmountMismatch']);
  const done = await pay_client.completeCheckoutSession(id, { chargeAmount: usd(amount) });
  assert.equal(done.data.statusDetails.state, 'Completed');
  return done.data;
}

// The SDK switches the check of certificates off for other addresses than Amazon's; this one is checked.
const ca = readFileSync(path.join(keys, 'sandbox-root.pem'));
await new Promise((resolve, reject) => {
  const asked = { ca, rejectUnauthorized: true, agent: false, headers: { connection: 'close' } };
  const arrived = (answer) => resolve(answer.resume());
  https.get(`https://${tlsAddress}/_sandbox/health`, asked, arrived).on('error', reject);
});

for (const algorithm of ['AMZN-PAY-RSASSA-PSS', 'AMZN-PAY-RSASSA-PSS-V2']) {
  const own = client(algorithm);

  // authorised, captured, refunded in two parts
  const { chargeId, chargePermissionId } = await buy(own, '20.00', 'Authorize');
  assert.equal((await own.getCharge(chargeId)).data.statusDetails.state, 'Authorized');
  const captured = await own.captureCharge(chargeId, { captureAmount: usd('20.00') }, key());
  assert.equal(captured.data.statusDetails.state, 'Captured');
  assert.deepEqual(await refusal(own.captureCharge(chargeId, { captureAmount: usd('20.00') }, key())), [
    422, 'InvalidChargeStatus',
  ]);
  const refundKey = key();
  const refundBody = { chargeId, refundAmount: usd('5.00'), softDescriptor: 'PUSHCART' };
  const refund = await own.createRefund(refundBody, refundKey);
  assert.equal(refund.status, 201);
  const again = await own.createRefund(refundBody, refundKey);
  assert.equal(again.data.refundId, refund.data.refundId, 'one key, one refund');
  assert.deepEqual(await refusal(own.createRefund({ ...refundBody, refundAmount: usd('6.00') }, refundKey)), [
    400, 'DuplicateIdempotencyKey',
  ]);
  assert.equal((await own.getRefund(refund.data.refundId)).data.refundAmount.amount, '5.00');
  assert.deepEqual(await refusal(own.createRefund({ chargeId, refundAmount: usd('18.01') }, key())), [
    400, 'TransactionAmountExceeded',
  ]);
  assert.equal((await own.getChargePermission(chargePermissionId)).data.statusDetails.state, 'Closed');

  // confirmed first; charged, cancelled, declined and charged again later; the permission changed and closed
  const permission = (await buy(own, '30.00', 'Confirm')).chargePermissionId;
  const charge = (amount, more = {}, headers = key()) =>
    own.createCharge({ chargePermissionId: permission, chargeAmount: usd(amount), ...more }, headers);
  const first = await charge('10.00');
  assert.equal(first.status, 201);
  const cancelled = await own.cancelCharge(first.data.chargeId, { cancellationReason: 'Sold out' });
  assert.equal(cancelled.data.statusDetails.state, 'Canceled');
  const declinedWith = async (code) => {
    const declined = await refusal(charge('10.00', {}, { ...key(), 'x-amz-pay-simulation-code': code }));
    assert.deepEqual(declined, [422, code]);
  };
  await declinedWith('SoftDeclined');
  await declinedWith('TransactionTimedOut');
  const noted = await own.updateChargePermission(permission, { merchantMetadata: { merchantReferenceId: 'order-8' } });
  assert.equal(noted.data.merchantMetadata.merchantReferenceId, 'order-8');
  assert.deepEqual(await refusal(charge('30.01')), [400, 'TransactionAmountExceeded']);
  assert.deepEqual(await refusal(charge('1.00', { tip: 'yes' })), [400, 'UnrecognizedField']);
  await declinedWith('HardDeclined'); // and the card with it
  assert.equal((await own.getChargePermission(permission)).data.statusDetails.state, 'NonChargeable');
  const closed = await own.closeChargePermission(permission, { closureReason: 'Done', cancelPendingCharges: true });
  assert.equal(closed.data.statusDetails.state, 'Closed');
  assert.deepEqual(await refusal(charge('1.00')), [422, 'InvalidChargePermissionStatus']);

  // a subscription: the merchant asks each month
  const recurring = {
    chargePermissionType: 'Recurring',
    recurringMetadata: { frequency: { unit: 'Month', value: '1' }, amount: usd('12.00') },
  };
  const club = (await buy(own, '12.00', 'AuthorizeWithCapture', recurring)).chargePermissionId;
  const renewed = await own.createCharge(
    { chargePermissionId: club, chargeAmount: usd('12.00'), captureNow: true }, key(),
  );
  assert.equal(renewed.data.statusDetails.state, 'Captured');

  // what is wrong is said
  assert.deepEqual(await refusal(own.getCharge('S01-0000000-0000000-C000000')), [404, 'ResourceNotFound']);
  assert.deepEqual(await refusal(own.createCheckoutSession(session(), {})), [400, 'MissingHeader']);
  const { storeId, ...homeless } = session();
  assert.deepEqual(await refusal(own.createCheckoutSession(homeless, key())), [400, 'MissingParameterValue']);
}

const stranger = client('AMZN-PAY-RSASSA-PSS-V2', 'SANDBOX-NOBODY');
assert.deepEqual(await refusal(stranger.getCharge('S01-0000000-0000000-C000000')), [403, 'InvalidAuthentication']);
const live = client('AMZN-PAY-RSASSA-PSS-V2', 'LIVE-PUSHCARTDEMO');
assert.equal((await refusal(live.getCharge('P01-0000000-0000000-C000000')))[0], 403);
const payload = JSON.stringify(session());
assert.ok(client('AMZN-PAY-RSASSA-PSS-V2').generateButtonSignature(payload).length > 300);

console.log('the Node SDK is served');
process.exit(0); // connections that are kept open would keep it waiting
