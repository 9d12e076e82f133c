// The sandbox's stand-in for the provider's button script. It draws a button and, when pressed, posts the
// signed settings as a form to the place it was loaded from. It sets no cookie and asks for nothing else.
(function () {
  'use strict';
  var source = document.currentScript ? document.currentScript.src : '';
  var base = source.replace(/\/checkout\.js.*$/, '');

  function submit(settings) {
    var form = document.createElement('form');
    form.method = 'post';
    form.action = base + '/checkout';
    Object.keys(settings).forEach(function (name) {
      if (settings[name] === undefined || settings[name] === null) { return; }
      var field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      field.value = String(settings[name]);
      form.appendChild(field);
    });
    document.body.appendChild(form);
    form.submit();
  }

  function open(sessionId) {
    location.assign(base + '/checkout?amazonCheckoutSessionId=' + encodeURIComponent(sessionId));
  }

  // The settings of renderButton and initCheckout as one flat form.
  function flat(settings) {
    var signed = settings.createCheckoutSessionConfig || settings.signInConfig || {};
    var amount = settings.estimatedOrderAmount;
    return {
      merchantId: settings.merchantId,
      publicKeyId: signed.publicKeyId || settings.publicKeyId,
      ledgerCurrency: settings.ledgerCurrency,
      checkoutLanguage: settings.checkoutLanguage,
      productType: settings.signInConfig ? 'SignIn' : settings.productType || 'PayAndShip',
      placement: settings.placement,
      sandbox: settings.sandbox === undefined ? true : settings.sandbox,
      estimatedOrderAmount: amount ? amount.amount + ' ' + amount.currencyCode : undefined,
      payloadJSON: signed.payloadJSON,
      signature: signed.signature,
      algorithm: signed.algorithm
    };
  }

  function begin(settings) {
    var known = settings.createCheckoutSessionConfig || {};
    if (known.checkoutSessionId) { open(known.checkoutSessionId); } else { submit(flat(settings)); }
  }

  function renderButton(selector, settings) {
    var place = typeof selector === 'string' ? document.querySelector(selector) : selector;
    if (!place) { throw new Error('renderButton: there is no element ' + selector); }
    var colours = { Gold: ['#ffd814', '#0f1111'], LightGray: ['#e7e9ec', '#0f1111'], DarkGray: ['#3b4149', '#ffffff'] };
    var colour = colours[settings.buttonColor] || colours.Gold;
    var button = document.createElement('button');
    button.type = 'button';
    button.textContent = settings.signInConfig ? 'Sign in with Amazon (sandbox)' : 'Amazon Pay (sandbox)';
    Object.assign(button.style, {
      background: colour[0], color: colour[1], border: '0', borderRadius: '0.5rem', cursor: 'pointer',
      font: 'inherit', fontWeight: '600', minHeight: '2.75rem', padding: '0.5rem 1.25rem', width: '100%'
    });
    var isOwn = settings.createCheckoutSessionConfig || settings.signInConfig;
    if (isOwn) { button.addEventListener('click', function () { begin(settings); }); }
    place.replaceChildren(button);
    return {
      onClick: function (act) { button.addEventListener('click', act); },
      initCheckout: function (later) { begin(Object.assign({}, settings, later)); },
      updateButtonInfo: function () {}
    };
  }

  window.amazon = window.amazon || {};
  window.amazon.Pay = {
    renderButton: renderButton,
    initCheckout: begin,
    bindChangeAction: function (selector, settings) {
      var place = document.querySelector(selector);
      if (place) { place.addEventListener('click', function () { open(settings.amazonCheckoutSessionId); }); }
    },
    signout: function () {}
  };
  if (typeof window.onAmazonPayLoaded === 'function') { window.onAmazonPayLoaded(); }
}());
