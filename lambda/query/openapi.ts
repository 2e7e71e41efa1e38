import * as z from 'zod';
import { EXPORTS_PATH, exportRequest } from '../export/request.ts';
import type { Parameter } from './parameters/parse.ts';
import { PROBLEMS } from './problem.ts';
import { ROUTES } from './routes/all.ts';
import type { Route } from './routes/route.ts';
import { ANSWERS } from './schemas/answers.ts';
import { problem } from './schemas/trail.ts';

type Document = Readonly<Record<string, unknown>>;

/**
 * The OpenAPI 3.1 document of the API, made from the schemas that validate the parameters and describe the answers.
 *
 * @param server - where the API was asked for it
 */
export function openApiDocument(version: string, server: string): Document {
  return {
    openapi: '3.1.0',
    info: {
      title: 'AWS Client VPN audit',
      version,
      description:
        'Who was connected to AWS Client VPN: when, from which tunnel address, and how surely that is known. Times are UTC. A parameter given twice joins with OR, different parameters with AND.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    paths: {
      ...Object.fromEntries(ROUTES.map((route) => [route.path, { get: operationOf(route) }])),
      [EXPORTS_PATH]: { post: exportOperation() },
    },
    components: {
      schemas: componentsOf([problem, ...Object.values(ANSWERS)]),
      securitySchemes: {
        sigv4: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          description: 'AWS Signature Version 4, service execute-api; not needed on one machine',
          'x-amazon-apigateway-authtype': 'awsSigv4',
        },
      },
    },
    security: [{ sigv4: [] }, {}],
  };
}

function operationOf({ path, summary, names = {}, parameters, hasText }: Route): Document {
  const answer = ANSWERS[path];
  const inPath = Object.entries(names).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(parameters).map(([name, parameter]) => ({
    name,
    in: 'query',
    ...describeParameter(parameter),
  }));
  return {
    operationId: path.replace(/[/{}]+/g, '-').replace(/^-|-$/g, ''),
    summary,
    parameters: [...inPath, ...inQuery],
    responses: {
      200: {
        description: summary,
        content: { ...(answer ? json(answer) : { 'application/gzip': {} }), ...(hasText ? { 'text/plain': {} } : {}) },
      },
      ...problemResponses(),
    },
  };
}

/** The one request that is not a query: `docs/data.md` describes its answer. */
function exportOperation(): Document {
  const summary = 'Sign the manifest of an export that the caller has made, with the coverage of its window';
  const { $schema: _, ...body } = z.toJSONSchema(exportRequest, FOR_INPUT);
  const members = ['manifest', 'signature', 'publicKey'] as const;
  const signed = {
    type: 'object',
    required: members,
    properties: Object.fromEntries(members.map((name) => [name, { type: name === 'manifest' ? 'object' : 'string' }])),
  };
  return {
    operationId: 'exports',
    summary,
    requestBody: { required: true, content: { 'application/json': { schema: body } } },
    responses: {
      200: { description: summary, content: { 'application/json': { schema: signed } } },
      ...problemResponses(),
    },
  };
}

function describeParameter({ schema, shown, expected, description, many, required }: Parameter<unknown>): Document {
  const one: Document = shown ?? z.toJSONSchema(schema, FOR_INPUT);
  const { $schema: _, ...value } = one;
  return {
    description: `${description}. Expected: ${expected}`,
    schema: many ? { type: 'array', items: value } : value,
    ...(many ? { style: 'form', explode: true } : {}),
    ...(required ? { required } : {}),
  };
}

function json(answer: z.ZodType): Document {
  return { 'application/json': { schema: reference(answer) } };
}

function problemResponses(): Document {
  const content = { 'application/problem+json': { schema: reference(problem) } };
  const ranges = Object.groupBy(Object.entries(PROBLEMS), ([, { status }]) => `${Math.floor(status / 100)}XX`);
  return Object.fromEntries(
    Object.entries(ranges).map(([range, kinds = []]) => {
      const names = kinds.map(([kind, { status }]) => `${status} ${kind}`);
      return [range, { description: `A problem document (RFC 9457): ${names.join(', ')}`, content }];
    }),
  );
}

function reference(schema: z.ZodType): Document {
  return { $ref: `#/components/schemas/${String(schema.meta()?.id)}` };
}

/** What generators of clients do not understand is said in simpler words: properties of Unicode in patterns, tuples. */
function simplify({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  const { pattern, prefixItems } = jsonSchema;
  if (pattern) {
    jsonSchema.pattern = pattern
      .replaceAll('\\p{Cc}', '\\u0000-\\u001f\\u007f-\\u009f')
      .replaceAll('\\p{Cs}', '\\ud800-\\udfff');
  }
  if (prefixItems?.[0] === undefined) return;
  const [items] = prefixItems;
  const size = prefixItems.length;
  Object.assign(jsonSchema, { prefixItems: undefined, items, minItems: size, maxItems: size });
}

const FOR_INPUT = { io: 'input', unrepresentable: 'any', override: simplify } as const;

/** Every named schema that the given ones refer to. */
function componentsOf(schemas: readonly z.ZodType[]): Document {
  const registry = z.registry<{ id: string }>();
  for (const schema of schemas) registry.add(schema, { id: String(schema.meta()?.id) });
  const named = z.toJSONSchema(z.tuple(schemas as unknown as [z.ZodType]), {
    io: 'output',
    unrepresentable: 'any',
    override: (made) => {
      const meta = (made.zodSchema as unknown as z.ZodType).meta();
      if (meta?.override) Object.assign(made.jsonSchema, meta.override, { anyOf: undefined, override: undefined });
      simplify(made);
    },
  });
  return JSON.parse(JSON.stringify(named.$defs ?? {}).replaceAll('#/$defs/', '#/components/schemas/')) as Document;
}
