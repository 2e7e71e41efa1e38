import { present } from '../../lambda/trail/present.ts';
import { EVER, type Range } from '../span.ts';
import type { Stay } from '../stays.ts';
import { RunningSum } from '../usage/sum.ts';
import { MOST_ADDRESSES, type ReviewRow, type ReviewVerdict } from './review-report.ts';

/** What is kept of an identity. */
export class Identity {
  readonly #name: string | undefined;
  readonly #sum = new RunningSum();
  readonly #endpointIds = new Set<string>();
  readonly #addresses = new Set<string>();
  readonly #commonNames = new Set<string>();
  #hasMoreAddresses = false;
  #unlisted = 0;

  constructor(name: string | undefined) {
    this.#name = name;
  }

  /** @param parts under which names and addresses it was connected */
  add(
    endpointId: string,
    { span }: Stay,
    parts: readonly Stay[],
    { window, isListed }: { readonly window: Range; readonly isListed: boolean },
  ): void {
    const seen = Math.max(span.possible[0], span.lasted[1], window[0]);
    const possible: Range = [span.possible[0], Math.min(span.possible[1], span.possible[1] < EVER[1] ? EVER[1] : seen)];
    this.#sum.add({ ...span, possible }, window, []);
    this.#endpointIds.add(endpointId);
    for (const { who } of parts) this.#note(who);
    if (!isListed) this.#unlisted += 1;
  }

  #note({ clientIp, clientIpv6, commonName }: NonNullable<Stay['who']> = {}): void {
    for (const address of [clientIp, clientIpv6]) {
      if (address === undefined || this.#addresses.has(address)) continue;
      if (this.#addresses.size < MOST_ADDRESSES) this.#addresses.add(address);
      else this.#hasMoreAddresses = true;
    }
    const isOther = commonName !== undefined && commonName !== this.#name;
    if (isOther && this.#commonNames.size < MOST_ADDRESSES) this.#commonNames.add(commonName);
  }

  row(hasList: boolean): ReviewRow {
    const { connections, possible, seconds, firstSeenAt, lastSeenAt } = this.#sum.result;
    const isPossible = possible === connections;
    const onList = this.#unlisted > 0 ? 'not-on-the-list' : isPossible ? 'possible' : 'on-the-list';
    return {
      ...present({ user: this.#name, verdict: hasList ? (onList as ReviewVerdict) : undefined }),
      connections,
      ...present({ possible }),
      seconds,
      ...present({ firstSeenAt, lastSeenAt }),
      endpointIds: [...this.#endpointIds].sort(),
      addresses: [...this.#addresses],
      ...present({
        moreAddresses: this.#hasMoreAddresses || undefined,
        commonNames: this.#commonNames.size > 0 ? [...this.#commonNames].sort() : undefined,
      }),
    };
  }
}
