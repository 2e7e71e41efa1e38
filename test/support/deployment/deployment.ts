import type { Resource } from '../../infra/synthesized.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-central-1';

const ofRegion = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;

/** The attribute `Arn` of each type of resource, by its name (AWS CloudFormation Template Reference, "Return values"). */
const ARN_OF: Readonly<Record<string, (name: string) => string>> = {
  'AWS::DynamoDB::Table': (name) => ofRegion('dynamodb', `table/${name}`),
  'AWS::IAM::ManagedPolicy': (name) => `arn:aws:iam::${ACCOUNT}:policy/${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::KMS::Key': (name) => ofRegion('kms', `key/${name}`),
  'AWS::Lambda::Function': (name) => ofRegion('lambda', `function:${name}`),
  'AWS::Logs::LogGroup': (name) => ofRegion('logs', `log-group:${name}:*`),
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::SQS::Queue': (name) => ofRegion('sqs', name),
};

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
};

interface ResolvedResource {
  readonly id: string;
  readonly properties: Resource['Properties'];
}

/** A synthesized template as CloudFormation deploys it: each resource has a name and an ARN, and what refers to one is resolved. */
export class Deployment {
  readonly #resources: Readonly<Record<string, Resource>>;
  readonly #stack: string;
  readonly #resolved = new Map<string, readonly ResolvedResource[]>();

  /** @param stack begins the name of every resource, so that several stacks can stand on the same servers */
  constructor(template: { readonly Resources: Readonly<Record<string, Resource>> }, stack: string) {
    this.#resources = template.Resources;
    this.#stack = stack;
  }

  /** The resources of a type, by logical id, their properties resolved. */
  ofType(type: string): readonly ResolvedResource[] {
    const found =
      this.#resolved.get(type) ??
      Object.entries(this.#resources)
        .filter(([, { Type }]) => Type === type)
        .map(([id, { Properties }]) => ({ id, properties: this.resolve(Properties) as Resource['Properties'] }));
    this.#resolved.set(type, found);
    return found;
  }

  /** The properties of a resource as the template has them. */
  rawProperties(id: string): Resource['Properties'] {
    return this.#resource(id).Properties;
  }

  /** The logical id of the one resource of a type that begins so. @throws if there is none, or more than one */
  only(type: string, prefix: string): string {
    const [id, ...more] = Object.keys(this.#resources).filter(
      (id) => id.startsWith(prefix) && this.#resource(id).Type === type,
    );
    if (id === undefined || more.length > 0) throw new Error(`expected one ${type} ${prefix}…`);
    return id;
  }

  /** The name that CloudFormation generates where the template gives none. */
  nameOf(id: string): string {
    const name = `${this.#stack}-${id}`;
    return this.#resource(id).Type === 'AWS::S3::Bucket' ? name.toLowerCase() : name;
  }

  /** @throws where the type is not known here */
  arnOf(id: string): string {
    const { Type } = this.#resource(id);
    const arn = ARN_OF[Type];
    if (!arn) throw new Error(`what is the Arn of ${id}, a ${Type}?`);
    return arn(this.nameOf(id));
  }

  /** The logical id of the resource with this ARN. */
  idOf(arn: string): string | undefined {
    return Object.keys(this.#resources).find((id) => ARN_OF[this.#resource(id).Type]?.(this.nameOf(id)) === arn);
  }

  /** A value of the template with what its intrinsic functions stand for. @throws at one that is not known here */
  resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => this.resolve(element));
    if (typeof value !== 'object' || value === null) return value;
    const [[kind, argument] = ['', undefined]] = Object.entries(value) as [string, unknown][];
    if (kind === 'Ref') return this.#reference(String(argument));
    if (kind === 'Fn::GetAtt') return this.#attribute(argument as [string, string]);
    if (kind === 'Fn::Sub')
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, name: string) => this.#reference(name));
    if (kind === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => this.resolve(part)).join(separator);
    }
    if (kind.startsWith('Fn::')) throw new Error(`what does ${JSON.stringify(value)} stand for?`);
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.resolve(member)]));
  }

  #reference(name: string): string {
    const pseudo = PSEUDO_PARAMETERS[name];
    if (pseudo !== undefined) return pseudo;
    return this.#resource(name).Type === 'AWS::IAM::ManagedPolicy' ? this.arnOf(name) : this.nameOf(name);
  }

  #attribute([id, attribute]: [string, string]): string {
    return attribute === 'Arn' && ARN_OF[this.#resource(id).Type] ? this.arnOf(id) : `${this.nameOf(id)}.${attribute}`;
  }

  #resource(id: string): Resource {
    const resource = this.#resources[id];
    if (!resource) throw new Error(`the template has no ${id}`);
    return resource;
  }
}
