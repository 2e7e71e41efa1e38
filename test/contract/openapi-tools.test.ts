import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { generate } from 'openapi-typescript-codegen';
import { expect, inject, it } from 'vitest';
import { openApiDocument } from '../../lambda/query/openapi.ts';

const source = JSON.stringify(openApiDocument('1.2.3', 'https://trail.example'));
const folder = mkdtempSync(join(inject('assemblies'), 'openapi-tools-'));

it('a linter that is not ours finds nothing wrong with the OpenAPI document', async () => {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source, config, absoluteRef: join(folder, 'openapi.json') });
  expect(problems.map(({ ruleId, message, location: [at] }) => [ruleId, message, at?.pointer])).toEqual([]);
});

it('a generator that is not ours makes a client of it that knows what each parameter and each answer is', async () => {
  await generate({ input: JSON.parse(source) as Record<string, unknown>, output: folder });
  const connection = readFileSync(join(folder, 'models/Connection.ts'), 'utf8');
  expect(connection).toContain('between?: Array<Instant>;');
  const service = readFileSync(join(folder, 'services/DefaultService.ts'), 'utf8');
  expect(service).toMatch(/limit\?: number,\s+cursor\?: string,\s+\): CancelablePromise<Connections>/);
  const models = readdirSync(join(folder, 'models')).map((name) => readFileSync(join(folder, 'models', name), 'utf8'));
  // What a generator does not understand, it takes for anything.
  expect(
    models.filter((text) => /: any|any\[\]/.test(text)).map((text) => /export type (\w+)/.exec(text)?.[1]),
  ).toEqual([]);
});
