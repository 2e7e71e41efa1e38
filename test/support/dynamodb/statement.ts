import { type KeyCondition, keyConditions, type Token, tokensOf } from './expressions.ts';
import type { Attributes, Value } from './values.ts';

/** The key of a table or an index. */
export interface KeyPair {
  readonly partition: string;
  readonly sort?: string | undefined;
}

/** What a table's definition says of keys. */
export interface Schema {
  readonly table: KeyPair;
  readonly indexes: Readonly<Record<string, KeyPair>>;
  /** `S`, `N` or `B`, by key attribute. */
  readonly types: Readonly<Record<string, string>>;
}

/** What a request says of one table, on the wire. */
export interface Input {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly Keys?: readonly Attributes[];
  readonly Item?: Attributes;
  readonly ExclusiveStartKey?: Attributes;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ProjectionExpression?: string;
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
}

const EXPRESSIONS = [
  'KeyConditionExpression',
  'FilterExpression',
  'ConditionExpression',
  'UpdateExpression',
  'ProjectionExpression',
] as const;

/** A value that stands where a key stands: stored, asked for, or compared with. */
export interface KeyUse {
  readonly attribute: string;
  readonly role: 'partition' | 'sort';
  readonly value: Value;
}

/** A request's statement about one table, with what the rules ask of it. */
export class Statement {
  readonly operation: string;
  readonly input: Input;
  readonly schema: Schema;
  readonly names: Readonly<Record<string, string>>;
  readonly expressions: readonly { readonly text: string; readonly field: string; readonly tokens: Token[] }[];

  constructor(operation: string, input: Input, schema: Schema) {
    this.operation = operation;
    this.input = input;
    this.schema = schema;
    this.names = input.ExpressionAttributeNames ?? {};
    this.expressions = EXPRESSIONS.flatMap((field) => {
      const text = input[field];
      return text === undefined ? [] : [{ field, text, tokens: tokensOf(text) }];
    });
  }

  /** Items and keys that are given whole. */
  get keys(): readonly Attributes[] {
    return [...(this.input.Key ? [this.input.Key] : []), ...(this.input.Keys ?? [])];
  }

  /** The key of the index that is asked, otherwise of the table. */
  get asked(): KeyPair | undefined {
    return this.input.IndexName === undefined ? this.schema.table : this.schema.indexes[this.input.IndexName];
  }

  /** The conditions on keys; undefined where the expression is none. */
  get conditions(): readonly KeyCondition[] | undefined {
    return keyConditions(this.input.KeyConditionExpression ?? '', this.names);
  }

  /** Every value that is used as a key. */
  get keyUses(): KeyUse[] {
    const { Item, ExclusiveStartKey, ExpressionAttributeValues = {} } = this.input;
    const { table, indexes } = this.schema;
    const given = this.keys.map((key) => ({ pairs: [table], attributes: key }));
    if (Item) given.push({ pairs: [table, ...Object.values(indexes)], attributes: Item });
    if (ExclusiveStartKey)
      given.push({ pairs: [table, ...(this.asked ? [this.asked] : [])], attributes: ExclusiveStartKey });
    const uses = given.flatMap(({ pairs, attributes }) => pairs.flatMap((pair) => usesOf(pair, attributes)));
    const asked = this.asked;
    if (!asked) return uses;
    for (const { attribute, values } of this.conditions ?? [])
      for (const placeholder of values) {
        const value = ExpressionAttributeValues[placeholder];
        const role = attribute === asked.partition ? 'partition' : 'sort';
        if (value) uses.push({ attribute, role, value });
      }
    return uses;
  }

  /** Every value in the statement. */
  get values(): readonly Value[] {
    const { Item = {}, ExpressionAttributeValues = {} } = this.input;
    return [Item, ExpressionAttributeValues, ...this.keys].flatMap((attributes) => Object.values(attributes));
  }
}

function usesOf({ partition, sort }: KeyPair, attributes: Attributes): KeyUse[] {
  const roles = [
    [partition, 'partition'],
    [sort, 'sort'],
  ] as const;
  return roles.flatMap(([attribute, role]) => {
    const value = attribute === undefined ? undefined : attributes[attribute];
    return attribute !== undefined && value ? [{ attribute, role, value }] : [];
  });
}

interface Batch {
  readonly RequestItems?: Readonly<Record<string, Omit<Input, 'TableName'> | readonly Write[]>>;
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[];
}
interface Write {
  readonly PutRequest?: Pick<Input, 'Item'>;
  readonly DeleteRequest?: Pick<Input, 'Key'>;
}

/** What a request says, table by table. */
export function inputsOf(body: Partial<Input> & Batch): Input[] {
  if (body.TransactItems) return body.TransactItems.flatMap((action) => Object.values(action));
  if (body.RequestItems)
    return Object.entries(body.RequestItems).flatMap(([TableName, asked]) =>
      Array.isArray(asked)
        ? asked.map(({ PutRequest, DeleteRequest }: Write) => ({ TableName, ...PutRequest, ...DeleteRequest }))
        : [{ TableName, ...(asked as Omit<Input, 'TableName'>) }],
    );
  return [body as Input];
}
