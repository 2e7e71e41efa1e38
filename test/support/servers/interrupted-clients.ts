import type { RecorderPorts } from '../../../lambda/recorder/recorder.ts';
import type { RecordingSummary } from '../../../lambda/recorder/summary.ts';
import type { RecordedTrail } from '../recording/recorded-trail.ts';

/** Stands for the death of the process: nothing that comes after it has an effect. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * What happens at a call: given its number, from 1, the rest of it, its input, and its name: that of the SDK's command, or
 * `archive.` or `signer.` and what is called of it.
 */
type AtCall = (call: number, proceed: () => Promise<unknown>, input: unknown, name: string) => Promise<unknown>;

interface Interruptible {
  readonly middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<never>, context: { readonly commandName: string }) => unknown,
      options: Record<string, unknown>,
    ): void;
  };
}

/** Puts something before, after or in place of every call that a recorder makes: of the SDK, of archive and signer. */
export function interrupt(ports: RecorderPorts, atCall: AtCall): { calls: number } {
  const counter = { calls: 0 };
  for (const client of [ports.ec2, ports.documents] as unknown as Interruptible[]) {
    client.middlewareStack.add(
      (next, { commandName }) =>
        (args: { input: unknown }) =>
          atCall(++counter.calls, () => next(args as never), args.input, commandName),
      {
        step: 'initialize',
        priority: 'high',
        name: 'interrupt',
      },
    );
  }
  const interrupted = (name: string, target: object) =>
    new Proxy(target, {
      get: (object, called) => {
        const member = Reflect.get(object, called) as unknown;
        if (typeof member !== 'function' || called === 'list') return member;
        const proceed = async (input: unknown[]) => (await member.apply(object, input)) as unknown;
        return (...input: unknown[]) =>
          atCall(++counter.calls, () => proceed(input), input, `${name}.${String(called)}`);
      },
    });
  Object.assign(ports, {
    archive: interrupted('archive', ports.archive),
    signer: interrupted('signer', ports.signer),
  });
  return counter;
}

/** Lets each call fail for which `isMeant` says so: by its name, or by its input. */
export function failWhere(
  ports: RecorderPorts,
  isMeant: (name: string, input: unknown) => boolean,
  error = new Error('refused'),
): void {
  interrupt(ports, (_, proceed, input, name) => (isMeant(name, input) ? Promise.reject(error) : proceed()));
}

/** Records so many minutes later, where such calls fail. */
export async function recordWithout(
  trail: RecordedTrail,
  isMeant: (name: string, input: unknown) => boolean,
  minutes = 5,
): Promise<RecordingSummary> {
  trail.now = new Date(trail.now.getTime() + minutes * 60_000);
  const ports = trail.ports();
  failWhere(ports, isMeant);
  return trail.record({}, ports);
}

/** Crashes the process at a call, before or after its effect: that call and all later ones fail, and do nothing more. */
export function crashAt(ports: RecorderPorts, call: number, when: 'before' | 'after'): { calls: number } {
  return crashWhere(ports, (number) => number === call, when);
}

/** Calls that leave something behind: a crash at any other leaves what one at the last of these leaves. */
const LEAVES_SOMETHING = /^(?:Put|Update|TransactWrite|BatchWrite).*Command$|^archive\.putOnce$|^signer\.sign$/;

/** Crashes it at the so-manieth call that leaves something behind, from 1. */
export function crashAtEffect(ports: RecorderPorts, effect: number, when: 'before' | 'after'): void {
  let effects = 0;
  crashWhere(ports, (_, name) => LEAVES_SOMETHING.test(name) && ++effects === effect, when);
}

/** Counts the calls, and those that leave something behind, while the ports are used. */
export function countCalls(ports: RecorderPorts): { calls: number; effects: number } {
  const counter = { calls: 0, effects: 0 };
  interrupt(ports, (call, proceed, _, name) => {
    counter.calls = call;
    if (LEAVES_SOMETHING.test(name)) counter.effects++;
    return proceed();
  });
  return counter;
}

function crashWhere(ports: RecorderPorts, isThere: (call: number, name: string) => boolean, when: 'before' | 'after') {
  let dead = false;
  return interrupt(ports, async (call, proceed, _, name) => {
    if (dead) throw new Crash();
    if (!isThere(call, name)) return proceed();
    if (when === 'after') await proceed();
    dead = true;
    throw new Crash();
  });
}
