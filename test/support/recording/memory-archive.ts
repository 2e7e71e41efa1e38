import type { Archive } from '../../../lambda/trail/archive.ts';

/** An archive that lasts as long as a test. */
export class MemoryArchive implements Archive {
  readonly objects = new Map<string, Uint8Array>();

  async putOnce(key: string, bytes: Uint8Array): Promise<boolean> {
    if (this.objects.has(key)) return false;
    this.objects.set(key, bytes);
    return true;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return this.objects.get(key);
  }

  async *list(prefix: string): AsyncIterable<string> {
    for (const key of [...this.objects.keys()].sort()) if (key.startsWith(prefix)) yield key;
  }

  text(key: string): string {
    return Buffer.from(this.objects.get(key) ?? []).toString();
  }
}
