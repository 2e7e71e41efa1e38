import { expect, it } from 'vitest';
import { type ExportReport, reportDocument } from '../../cli/verify/export-report.ts';
import { collectFindings } from '../../verification/findings.ts';

it.each([
  ['with evidence, of which nothing is undecided', [], 0, { verdict: 'proven', allThatMatch: true }],
  ['with evidence that leaves some undecided', [], 3, { verdict: 'proven', allThatMatch: false }],
  ['without evidence', undefined, 0, { verdict: 'unaltered', allThatMatch: false }],
])('the JSON of an export %s says whether its rows are all that match', (_, evidence, undecided, said) => {
  const report = { manifest: { evidence }, keys: { publicKeys: [], isPinned: true }, counts: { undecided } };
  expect(
    reportDocument(
      report as unknown as ExportReport,
      collectFindings(() => undefined),
    ),
  ).toMatchObject(said);
});

it('the JSON of an export that is not proven says so of all that match too', () => {
  const report = { manifest: { evidence: [] }, keys: { publicKeys: [], isPinned: true }, counts: { undecided: 0 } };
  const findings = collectFindings(() => undefined);
  findings.fault({ kind: 'row-removed', place: 'export', message: 'one is missing' });
  const said = { verdict: 'not-proven', allThatMatch: false };
  expect(reportDocument(report as unknown as ExportReport, findings)).toMatchObject(said);
});
