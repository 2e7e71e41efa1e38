import { type KeyCondition, keyConditions, type Token, tokensOf } from './expressions.ts';
import { type Attributes, type NestedValue, type Value, valuesWithin } from './values.ts';

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

const EXPRESSIONS = [
  'KeyConditionExpression',
  'FilterExpression',
  'ConditionExpression',
  'UpdateExpression',
  'ProjectionExpression',
] as const;

/** What a request says of one table, on the wire. */
export interface Input extends Readonly<Partial<Record<(typeof EXPRESSIONS)[number], string>>> {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly Key?: Attributes;
  readonly Keys?: readonly Attributes[];
  readonly Item?: Attributes;
  readonly ExclusiveStartKey?: Attributes;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Attributes;
  readonly ConsistentRead?: boolean;
  readonly Limit?: number;
}

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
  readonly expressions: readonly { readonly text: string; readonly field: string; readonly tokens: readonly Token[] }[];
  /** Primary keys that are given whole. */
  readonly keys: readonly Attributes[];
  /** The key of the index that is asked, otherwise of the table. */
  readonly asked: KeyPair | undefined;
  /** The conditions on keys; undefined where the expression is none. */
  readonly conditions: readonly KeyCondition[] | undefined;
  /** Every value that is used as a key. */
  readonly keyUses: readonly KeyUse[];
  /** Every value, also within others. */
  readonly values: readonly NestedValue[];

  constructor(operation: string, input: Input, schema: Schema) {
    const { Key, Keys = [], Item = {}, ExpressionAttributeValues = {} } = input;
    this.operation = operation;
    this.input = input;
    this.schema = schema;
    this.names = input.ExpressionAttributeNames ?? {};
    this.expressions = EXPRESSIONS.flatMap((field) => {
      const text = input[field];
      return text === undefined ? [] : [{ field, text, tokens: tokensOf(text) }];
    });
    this.keys = Key ? [Key, ...Keys] : Keys;
    this.asked = input.IndexName === undefined ? schema.table : schema.indexes[input.IndexName];
    this.conditions = keyConditions(input.KeyConditionExpression ?? '', this.names);
    this.keyUses = [...this.#keysGiven(), ...this.#keysCompared()];
    const attributes = [Item, ExpressionAttributeValues, ...this.keys];
    this.values = attributes.flatMap((all) => Object.values(all).flatMap((value) => valuesWithin(value)));
  }

  #keysGiven(): KeyUse[] {
    const { Item = {}, ExclusiveStartKey = {} } = this.input;
    const { table, indexes } = this.schema;
    return [
      ...this.keys.flatMap((key) => usesOf(table, key)),
      ...[table, ...Object.values(indexes)].flatMap((pair) => usesOf(pair, Item)),
      ...[table, this.asked ?? table].flatMap((pair) => usesOf(pair, ExclusiveStartKey)),
    ];
  }

  #keysCompared(): KeyUse[] {
    return (this.conditions ?? []).flatMap(({ attribute, values }) =>
      values.flatMap((placeholder) => {
        const value = this.input.ExpressionAttributeValues?.[placeholder];
        return value ? [{ attribute, role: attribute === this.asked?.partition ? 'partition' : 'sort', value }] : [];
      }),
    );
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
