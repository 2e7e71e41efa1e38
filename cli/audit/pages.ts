import { type AskedOwners, askedOwnerWords, asksForOwner } from '../../lambda/trail/owner.ts';
import { PACK } from '../../verification/exports/audit-pack.ts';
import { evidenceFolder, manifestFile } from '../../verification/exports/read-manifest.ts';

interface PackFacts {
  readonly since: string;
  readonly until: string;
  /** The name of the export. */
  readonly file: string;
  readonly endpoints: readonly string[];
  /** The accounts and Regions that were asked for. */
  readonly owners: AskedOwners;
  /** Whether logs are left out because they are of others. */
  readonly hasLeftOut: boolean;
}

/** The page that says what a pack is, what to run, and what that proves. */
export function readmePage({ since, until, file, endpoints, owners, hasLeftOut }: PackFacts): string {
  const whose = asksForOwner(owners) ? `Endpoints ${askedOwnerWords(owners)}` : 'Endpoints';
  return `# AWS Client VPN connections, ${since} to ${until}

${whose}: ${endpoints.length > 0 ? endpoints.join(', ') : 'none was recorded'}.

| file | has |
|---|---|
| \`${file}\` | every connection that overlaps this time, or may have |
| \`${manifestFile(file)}\` | what was asked, by whom and when, the coverage and gaps, and the SHA-256 of each file here; signed by the trail |
| \`${evidenceFolder(file)}/\` | the snapshots that prove the rows, and the signed checkpoint of each log |
| \`${PACK.coverage}\` | the time in which nothing can have been missed, and every gap with its reasons |
| \`${PACK.accesses}\` | who asked the trail what in this time, newest first |
| \`${PACK.keys}\` | the public keys of the trail, by its own word |
| \`${PACK.trail}\` | the signed checkpoint over all logs, and the entry that names them: their sizes and roots |
${hasLeftOut ? `| \`${PACK.leftOut}\` | of each log that is not here one signed entry: it names its account and Region, which are others |\n` : ''}| \`${PACK.controls}\` | which file answers which control |
| \`${PACK.script}\` | checks signatures and hashes without the product that made them |

## What to run

Get the trail's public key from somebody who kept it since the trail was set up, not from this folder. In this folder:

    cvpn-audit verify . --key KEY
    bash ${PACK.script} ${file} KEY

The first computes every row again from the snapshots, and every snapshot up to the signed checkpoint. The second needs bash, OpenSSL 3, jq, coreutils and gzip
alone; it ends with what it did not check. Exit code 0: proven. 3: something is wrong.

## What neither proves

- That the recorder was honest before it signed. Whoever deploys it decides what it records.
- That \`${PACK.accesses}\` and \`${PACK.keys}\` are all that the trail had to say: they are not in the signed logs. They are unaltered since this folder was signed; who
  made it could have left something out.
- That the logs did not go on differently after this. Keep the checkpoint over all logs, \`jq -r .checkpoint ${PACK.trail}\`: with it, \`cvpn-audit verify --since-checkpoint\` finds what is gone from the trail.
- What AWS does not list: refused logins, public addresses, devices. They are in the connection logs of the endpoints, if these were enabled.
`;
}

/** Control, what a pack has on it, and where. The standards' wording is theirs. */
const CONTROLS: readonly (readonly [control: string, has: string, files: readonly (keyof typeof PLACES)[]])[] = [
  ['PCI DSS 4.0.1, 10.2.1', 'a log of every access through the VPN', ['connections', 'coverage']],
  [
    'PCI DSS 4.0.1, 10.2.2',
    'for each: who, when, from which tunnel address, to which endpoint, how it ended',
    ['connections'],
  ],
  ['PCI DSS 4.0.1, 10.2.1.3', 'access to the log itself', ['accesses']],
  [
    'PCI DSS 4.0.1, 10.3.2, 10.3.4',
    'that the log was not altered: hash tree, signatures, and how to check them',
    ['evidence', 'manifest', 'trail', 'script'],
  ],
  ['PCI DSS 4.0.1, 10.6.1', "times: AWS's clock and the recorder's, in every snapshot", ['evidence']],
  ['PCI DSS 4.0.1, 10.7.2', 'when the logging failed, and why', ['coverage']],
  ['SOC 2, CC6.1, CC6.6', 'who came in from outside the boundary, and under which identity', ['connections']],
  [
    'SOC 2, CC7.2, CC7.3',
    'a complete record to look for anomalies in; what is missing from it',
    ['connections', 'coverage'],
  ],
  [
    'ISO/IEC 27001:2022, A.8.15',
    'logs that are produced, kept, protected and examined',
    ['connections', 'evidence', 'accesses'],
  ],
  ['ISO/IEC 27001:2022, A.8.17', 'two clocks for each snapshot, and where they differ', ['evidence', 'coverage']],
  ['NIST SP 800-53 Rev. 5, AU-3', 'content of the records', ['connections']],
  ['NIST SP 800-53 Rev. 5, AU-5', 'logging failures', ['coverage']],
  ['NIST SP 800-53 Rev. 5, AU-6', 'who reviewed the records', ['accesses']],
  ['NIST SP 800-53 Rev. 5, AU-8', 'time stamps in UTC', ['connections', 'evidence']],
  [
    'NIST SP 800-53 Rev. 5, AU-9, AU-9(3)',
    'protection of the records, by cryptography',
    ['evidence', 'manifest', 'trail', 'script'],
  ],
  ['NIST SP 800-53 Rev. 5, AU-10', 'signatures, and the keys that made them', ['manifest', 'trail', 'keys']],
  ['NIST SP 800-53 Rev. 5, AU-12', 'that records were generated all the time', ['coverage', 'evidence']],
];

const PLACES = {
  connections: (file: string) => file,
  manifest: manifestFile,
  evidence: (file: string) => `${evidenceFolder(file)}/`,
  coverage: () => PACK.coverage,
  accesses: () => PACK.accesses,
  keys: () => PACK.keys,
  trail: () => PACK.trail,
  script: () => PACK.script,
};

/** The page from controls to the files that answer them. */
export function controlsPage(file: string): string {
  const rows = CONTROLS.map(([control, has, files]) => {
    const places = files.map((name) => `\`${PLACES[name](file)}\``).join(', ');
    return `| ${control} | ${has} | ${places} |`;
  });
  return `# From controls to files

What this pack has on a control, and where. The words are not the standards': what a control asks for, and whether this answers it, is for the auditor to say.

| control | what is here | file |
|---|---|---|
${rows.join('\n')}
`;
}
