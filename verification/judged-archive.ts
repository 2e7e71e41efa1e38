import { type Archive, ObjectUnreadable } from '../lambda/trail/archive.ts';
import type { FaultPlace, Findings } from './findings.ts';

/** An archive of which every object, or folder, that cannot be read is a fault, once, and then counts as absent. */
export function judgedArchive(archive: Archive, place: FaultPlace, findings: Findings): Archive {
  const told = new Set<string>();
  const tell = (key: string, error: unknown): undefined => {
    if (!(error instanceof ObjectUnreadable)) throw error;
    if (!told.has(key)) findings.fault(unreadable(key, place, error));
    told.add(key);
  };
  return {
    putOnce: (key, bytes) => archive.putOnce(key, bytes),
    get: (key, most) => archive.get(key, most).catch((error: unknown) => tell(key, error)),
    async *list(prefix) {
      try {
        yield* archive.list(prefix);
      } catch (error) {
        tell(prefix, error);
      }
    },
  };
}

function unreadable(key: string, place: FaultPlace, { message }: ObjectUnreadable) {
  const [, endpointId, ...rest] = key.split('/');
  const where = rest.length > 0 && !endpointId?.includes('=') ? { endpointId } : {};
  return { kind: 'object-unreadable' as const, place, ...where, field: key, message: `${message}.` };
}
