import { describe, expect, it } from 'vitest';
import { openApiDocument } from '../../lambda/query/openapi.ts';
import { PROBLEMS } from '../../lambda/query/problem.ts';
import { ROUTES } from '../../lambda/query/routes/all.ts';

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, { description: string; content: Record<string, unknown> }>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3', 'https://trail.example'))) as {
  openapi: string;
  info: { title: string; version: string };
  paths: Readonly<Record<string, { get: Operation; post?: unknown }>>;
  components: { schemas: Readonly<Record<string, Record<string, unknown>>> };
};
const { '/exports': exports, ...questions } = document.paths;
const operations = Object.entries(questions).map(([path, { get }]) => ({ path, ...get }));
const parametersOf = (path: string) => document.paths[path]?.get.parameters ?? [];

function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => (name === '$ref' ? [String(member)] : referencesIn(member)));
}

function resolve(reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
}

describe('the OpenAPI document', () => {
  it('is of OpenAPI 3.1 and of this version', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3', title: expect.any(String) } });
  });

  it('has each address, under a name of its own', () => {
    expect(operations.map(({ path }) => path)).toEqual(ROUTES.map(({ path }) => path));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.map(({ operationId }) => operationId)).toContain('connections-connectionId-usage');
  });

  it('has what signs an export, with every member that it takes', () => {
    expect(exports?.get).toBeUndefined();
    expect(exports?.post).toMatchObject({
      requestBody: { required: true, content: { 'application/json': { schema: { additionalProperties: false } } } },
      responses: {
        200: { content: { 'application/json': { schema: { required: ['manifest', 'signature', 'publicKey'] } } } },
        '4XX': operations[0]?.responses['4XX'],
        '5XX': operations[0]?.responses['5XX'],
      },
    });
    const { post } = exports as { post: { requestBody: { content: Record<string, { schema: object }> } } };
    expect(post.requestBody.content['application/json']?.schema).toMatchObject({
      required: ['question', 'format', 'files', 'rows', 'exporter'],
      properties: { format: { enum: ['csv', 'ndjson', 'parquet', 'ocsf'] }, evidence: { type: 'array' } },
    });
  });

  it('refers to nothing that is not in it', () => {
    const references = referencesIn(document);
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
    expect(JSON.stringify(document)).not.toContain('$defs');
    expect(JSON.stringify(document)).not.toContain('undefined');
  });

  it('describes each parameter, those of the path as required', () => {
    for (const { path, parameters } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)).toEqual(inPath);
      for (const parameter of parameters) {
        expect(parameter.description).not.toBe('');
        expect(Object.keys(parameter.schema).join(' ')).toMatch(/\b(type|anyOf)\b/);
        const isRequired = parameter.in === 'path' || (path === '/snapshots' && parameter.name === 'endpoint');
        expect(parameter.required ?? false).toBe(isRequired);
      }
    }
  });

  it('says which parameters may be repeated', () => {
    const repeated = parametersOf('/connections').filter(({ schema }) => schema.type === 'array');
    const names = ['user', 'username', 'commonName', 'ip', 'endpoint', 'account', 'region', 'status', 'connectionId'];
    expect(new Set(repeated.map(({ name }) => name))).toEqual(new Set(names));
    expect(parametersOf('/connections').map(({ name }) => name)).toEqual(
      expect.arrayContaining(['since', 'until', 'at', 'match', 'limit', 'cursor']),
    );
  });

  it("is one that other people's generators take: a server, no tuple, no property of Unicode in a pattern", () => {
    expect(document).toMatchObject({ servers: [{ url: 'https://trail.example' }] });
    const text = JSON.stringify(document);
    expect(text).not.toMatch(/prefixItems|"items":false|\\\\p\{/);
    const [first] = text.match(/"between":\{[^}]*\}[^}]*\}/) ?? [];
    expect(first).toContain('"items":{"$ref":"#/components/schemas/Instant"}');
    expect(first).toContain('"minItems":2,"maxItems":2');
    const [user] = parametersOf('/connections');
    const { pattern = '' } = Object(user?.schema.items) as { pattern?: string };
    const isName = (name: string) => new RegExp(pattern, 'u').test(name);
    expect(['zoë', 'a\u0000', 'a\u009f', '\uFFFD'].map(isName)).toEqual([true, false, false, false]);
  });

  it('says of each number which it may be, and of each time that it is one', () => {
    const schemaOf = (path: string, name: string) => parametersOf(path).find((one) => one.name === name)?.schema;
    expect(schemaOf('/connections', 'limit')).toEqual({ type: 'integer', minimum: 1, maximum: 1000 });
    expect(schemaOf('/checkpoints/{endpointId}', 'from')).toMatchObject({ type: 'integer', minimum: 0 });
    const time = { type: 'string', format: 'date-time' };
    const day = { type: 'string', format: 'date' };
    for (const name of ['since', 'until']) expect(schemaOf('/connections', name)).toEqual({ anyOf: [time, day] });
    expect(schemaOf('/connections', 'at')).toEqual({ anyOf: [{ type: 'string', const: 'now' }, time] });
    const { Counter, Instant } = document.components.schemas;
    expect(Instant).toMatchObject(time);
    expect(new RegExp(String(Instant?.pattern)).test('2026-11-22T14:03:00Z')).toBe(true);
    expect(Counter).toMatchObject({ type: 'integer', minimum: 0 });
    expect(Counter).not.toHaveProperty('anyOf');
  });

  it('has the problem document for every refusal, and names each kind', () => {
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toEqual(['200', '4XX', '5XX']);
      for (const range of ['4XX', '5XX']) {
        expect(responses[range]?.content).toEqual({
          'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
        });
      }
      for (const [kind, { status }] of Object.entries(PROBLEMS)) {
        expect(responses[status < 500 ? '4XX' : '5XX']?.description).toContain(`${status} ${kind}`);
      }
    }
  });
});
