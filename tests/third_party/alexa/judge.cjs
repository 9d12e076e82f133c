// Amazon's own adapter (ask-sdk-express-adapter, npm) before a skill that says nothing:
//   node judge.cjs MODULES ROOT-PEM CERTIFICATES-URL
// Prints its address and stays until standard input ends. Only two things are not as its users have them: the
// roots that it believes are ours, and https://s3.amazonaws.com is a server of the test.
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const Module = require('node:module');
const path = require('node:path');
const tls = require('node:tls');

const [modules, root, certificates] = process.argv.slice(2);
const from = Module.createRequire(path.join(modules, 'package.json'));

const trusted = { ...tls, rootCertificates: [fs.readFileSync(root, 'utf8')] };
const load = Module._load;
Module._load = function (name, parent, ...rest) {
  const isVerifier = parent?.filename?.includes(path.join('ask-sdk-express-adapter', 'dist', 'verifier'));
  return isVerifier && name === 'tls' ? trusted : load.call(this, name, parent, ...rest);
};
https.get = (address, answered) => http.get(certificates + new URL(address).pathname.split('/').pop(), answered);

const { SkillBuilders } = from('ask-sdk-core');
const { ExpressAdapter } = from('ask-sdk-express-adapter');
const express = from('express');

const silent = { canHandle: () => true, handle: (input) => input.responseBuilder.getResponse() };
const skill = SkillBuilders.custom().addRequestHandlers(silent).create();
const app = express();
app.post('/alexa', new ExpressAdapter(skill, true, true).getRequestHandlers());
const server = app.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/alexa`));
process.stdin.on('end', () => process.exit(0)).resume();
