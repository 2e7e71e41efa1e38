import fc from 'fast-check';
import { expect, it } from 'vitest';
import { collectFindings } from '../../verification/findings.ts';
import { verifyTrail } from '../../verification/verify-trail.ts';
import { printableJson } from '../../words/printable.ts';
import { anyChange, anyRuns, makeChange } from '../support/tampering/any-change.ts';
import { richStory } from '../support/tampering/tampered-story.ts';

it('whatever is changed in a trail, a verification comes to a verdict, whose faults say what is wrong', async () => {
  const { whole } = await richStory();
  const now = () => whole.now;
  const keys = [await whole.signer.publicKey()];
  const property = fc.asyncProperty(fc.array(anyChange(), { minLength: 1, maxLength: 3 }), async (changes) => {
    const trail = whole.copy();
    for (const change of changes) await makeChange(trail, change);
    const findings = collectFindings(() => undefined);
    await verifyTrail({ store: trail.evidence, archive: trail.archive, now, findings }, { keys });
    for (const { message } of findings.faults) expect(message).toMatch(/^\P{Cc}+\.$/u);
    expect(JSON.parse(printableJson(findings.faults, 0))).toHaveLength(findings.faults.length);
  });
  await fc.assert(property, anyRuns(12));
}, 3_600_000);
