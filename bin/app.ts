import { App } from 'aws-cdk-lib';
import { AuditTrailStack, addComplianceChecks } from '../lib/audit-trail-stack.ts';
import { ConfigError, configFromContext, parseConfig } from '../lib/config.ts';
import { ReaderStack, readerFromContext } from '../lib/reader-stack.ts';
import { printableLines } from '../words/printable.ts';

// Synthesized by hand below: an app that stopped at its configuration must not leave an empty assembly behind.
const app = new App({ autoSynth: false });

try {
  const context = app.node.getAllContext();
  const reader = readerFromContext(context);
  // What another account deploys has nothing of the trail in it, and bundles nothing.
  addComplianceChecks(
    reader ? new ReaderStack(app, reader) : new AuditTrailStack(app, parseConfig(configFromContext(context))),
  );
  app.synth();
} catch (error) {
  // Both have said what is wrong; a stack trace would hide it.
  if (error instanceof ConfigError) {
    console.error(printableLines(error.message));
  } else if (!(error instanceof Error && error.name === 'ValidationFailed')) {
    throw error;
  }
  process.exitCode = 1;
}
