#!/usr/bin/env node
// The command `cvpn-audit`, on whatever Node there is: from the package its JavaScript in dist/ (ADR 47), from a checkout the
// TypeScript, by the Node 24 that `npm ci` brings. CommonJS and old syntax, so that a Node that is too old can say so.
'use strict';
const { existsSync } = require('node:fs');
const path = require('node:path');

/** As in package.json (engines). */
const OLDEST = [20, 12];
const SOURCE = path.join(__dirname, 'cvpn-audit.ts');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
  console.error(
    `cvpn-audit: got Node ${process.versions.node}; expected ${OLDEST.join('.')} or newer. Install one from https://nodejs.org.`,
  );
  process.exitCode = 1;
} else if (!existsSync(SOURCE)) {
  void runPackaged();
} else if (process.features.typescript) {
  void import('./cvpn-audit.ts');
} else {
  runByNodeOfCheckout();
}

async function runPackaged() {
  // Each stack that is shown would have to wait for the maps of all that is loaded.
  if (process.env.CVPN_AUDIT_DEBUG === '1') process.setSourceMapsEnabled(true);
  // On Node 20 the SDK warns of its own later versions; the one in this package is what it is.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  if (!Array.fromAsync || !globalThis.Iterator) await import('../dist/command/polyfills.js');
  await import('../dist/command/cvpn-audit.js');
}

/** A signal that is sent to this process alone reaches the command too; Ctrl-C reaches both by the terminal. */
function runByNodeOfCheckout() {
  const { spawn } = require('node:child_process');
  const node = path.join(__dirname, '../node_modules/.bin/node');
  const child = spawn(node, [SOURCE, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.on('error', () => {
    console.error(
      `cvpn-audit: a checkout needs the Node at ${node}, which is not there. Run "npm ci" in the checkout.`,
    );
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
