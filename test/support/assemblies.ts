import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder for what tests synthesize and write; it is removed after all of them. */
    readonly assemblies: string;
  }
}

/** Makes that folder before the first test; what it returns removes it after the last. */
export default function makeAssemblies(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'cvpn-audit-infra-'));
  project.provide('assemblies', folder);
  return () => rmSync(folder, { recursive: true });
}
