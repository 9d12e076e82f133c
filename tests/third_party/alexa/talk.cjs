// virtual-alexa (npm) talks to the skill by the interaction model that is deployed:
//   node talk.cjs MODULES SKILL-URL MODEL APPLICATION USER buy|after
'use strict';

const assert = require('node:assert/strict');
const path = require('node:path');
const { createRequire } = require('node:module');

const [modules, url, model, application, user, part] = process.argv.slice(2);
const { VirtualAlexa } = createRequire(path.join(modules, 'package.json'))('virtual-alexa');

const alexa = VirtualAlexa.Builder().applicationID(application).interactionModelFile(model).skillURL(url).create();
alexa.context().user().setID(user);

/** What the skill says to a sentence, without its markup. */
async function say(sentence, expected) {
  const answer = sentence === null ? await alexa.launch() : await alexa.utter(sentence);
  const ssml = answer.response?.outputSpeech?.ssml ?? '';
  assert.match(ssml, /^<speak>[^<]+<\/speak>$/, `${sentence}: ${JSON.stringify(answer)}`);
  const said = ssml.replace(/<[^>]+>/g, '');
  assert.match(said, expected, `${sentence}: ${said}`);
  return answer.response;
}

async function buy() {
  const opened = await say(null, /What are you looking for\?/);
  assert.equal(opened.shouldEndSession, false);
  assert.ok(opened.reprompt.outputSpeech.ssml);
  await say('find wildflower honey', /Wildflower honey.*Would you like it in your cart\?/i);
  await say('yes', /cart/);
  await say('no', /Would you like to check out\?$/);
  const review = await say('check out', /Shall I place the order\?$/);
  assert.equal(review.shouldEndSession, false);
  assert.equal(review.card.type, 'Simple');
  const bought = await say('yes', /^Thank you\./);
  assert.equal(bought.shouldEndSession, true);
  assert.equal(alexa.context().activeSession(), false, 'the conversation is over');
}

async function after() {
  await say(null, /./);
  await say("where's my order", /^Your order from Quill .*: it is being packed\./);
  const asked = await say('cancel my order', /cancel/i);
  assert.equal(asked.shouldEndSession, false);
  await say('yes', /./);
  if (alexa.context().activeSession()) {
    await alexa.endSession();
  }
}

const parts = { buy, after };
parts[part]().then(
  () => console.log(`virtual-alexa is served: ${part}`),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
