/**
 * What OCSF 1.3.0 asks of an event of class 4014 (Tunnel Activity) with the profile `cloud`, as far as our events go: only the
 * attributes that they use, all of those that are required, and all alternatives of a constraint.
 * Source of the facts: OCSF 1.3.0 schema, https://schema.ocsf.io
 */
export const OCSF_VERSION = '1.3.0';

/**
 * The data types of the attributes: `timestamp_t` is in milliseconds since 1970, UTC. `list` is a list of `string_t`, `object` has
 * a rule of its own in {@link OCSF_OBJECTS}, and a `free_object` may hold anything.
 */
export type OcsfType =
  | 'boolean_t'
  | 'integer_t'
  | 'ip_t'
  | 'long_t'
  | 'string_t'
  | 'timestamp_t'
  | 'username_t'
  | 'list'
  | 'object'
  | 'free_object';

export interface ObjectRule {
  readonly required: readonly string[];
  /** `at_least_one`, the only kind of constraint that these objects have: one or more of these must be there. */
  readonly oneOf?: readonly string[];
  /** The attributes that are known, and their types. */
  readonly types: Readonly<Record<string, OcsfType>>;
}

const ENDPOINT_NAMES = ['ip', 'uid', 'name', 'hostname', 'svc_name', 'instance_uid', 'interface_uid', 'interface_name'];

/** The objects by their dotted path; the event itself has the path ''. */
export const OCSF_OBJECTS: Readonly<Record<string, ObjectRule>> = {
  '': {
    required: ['activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id', 'time', 'metadata', 'cloud'],
    oneOf: ['connection_info', 'session', 'src_endpoint', 'traffic', 'tunnel_interface', 'tunnel_type_id'],
    types: {
      activity_id: 'integer_t',
      activity_name: 'string_t',
      category_uid: 'integer_t',
      category_name: 'string_t',
      class_uid: 'integer_t',
      class_name: 'string_t',
      type_uid: 'long_t',
      type_name: 'string_t',
      severity_id: 'integer_t',
      severity: 'string_t',
      status_id: 'integer_t',
      status: 'string_t',
      status_code: 'string_t',
      status_detail: 'string_t',
      time: 'timestamp_t',
      timezone_offset: 'integer_t',
      metadata: 'object',
      cloud: 'object',
      session: 'object',
      user: 'object',
      src_endpoint: 'object',
      dst_endpoint: 'object',
      tunnel_interface: 'object',
      traffic: 'object',
      unmapped: 'free_object',
    },
  },
  metadata: {
    required: ['product', 'version'],
    types: {
      version: 'string_t',
      profiles: 'list',
      product: 'object',
      log_provider: 'string_t',
      uid: 'string_t',
      correlation_uid: 'string_t',
    },
  },
  'metadata.product': {
    required: ['vendor_name'],
    oneOf: ['name', 'uid'],
    types: { name: 'string_t', vendor_name: 'string_t' },
  },
  cloud: { required: ['provider'], types: { provider: 'string_t', region: 'string_t', account: 'object' } },
  'cloud.account': {
    required: [],
    oneOf: ['name', 'uid'],
    types: { uid: 'string_t', type_id: 'integer_t', type: 'string_t' },
  },
  session: {
    required: [],
    types: { uid: 'string_t', created_time: 'timestamp_t', is_remote: 'boolean_t', is_vpn: 'boolean_t' },
  },
  user: { required: [], oneOf: ['account', 'name', 'uid'], types: { name: 'username_t' } },
  src_endpoint: { required: [], oneOf: ENDPOINT_NAMES, types: { ip: 'ip_t' } },
  dst_endpoint: { required: [], oneOf: ENDPOINT_NAMES, types: { uid: 'string_t' } },
  tunnel_interface: {
    required: ['type_id'],
    oneOf: ['ip', 'mac', 'name', 'hostname'],
    types: { ip: 'ip_t', type_id: 'integer_t', type: 'string_t' },
  },
  traffic: {
    required: [],
    types: { bytes_in: 'long_t', bytes_out: 'long_t', packets_in: 'long_t', packets_out: 'long_t' },
  },
};

export interface NumberRule {
  readonly allowed: readonly number[];
  /** The attribute beside it that names the number. */
  readonly namedBy: string;
  /** The names of the numbers that our events set. */
  readonly names: Readonly<Record<number, string>>;
}

/** The numbers that stand for something, by dotted path. */
export const OCSF_NUMBERS: Readonly<Record<string, NumberRule>> = {
  activity_id: { allowed: [0, 1, 2, 3, 99], namedBy: 'activity_name', names: { 1: 'Open', 2: 'Close' } },
  category_uid: { allowed: [4], namedBy: 'category_name', names: { 4: 'Network Activity' } },
  class_uid: { allowed: [4014], namedBy: 'class_name', names: { 4014: 'Tunnel Activity' } },
  // The number of the class times 100, and the activity's.
  type_uid: {
    allowed: [401400, 401401, 401402, 401403, 401499],
    namedBy: 'type_name',
    names: { 401401: 'Tunnel Activity: Open', 401402: 'Tunnel Activity: Close' },
  },
  severity_id: { allowed: [0, 1, 2, 3, 4, 5, 6, 99], namedBy: 'severity', names: { 1: 'Informational' } },
  status_id: { allowed: [0, 1, 2, 99], namedBy: 'status', names: { 0: 'Unknown', 1: 'Success' } },
  'cloud.account.type_id': {
    allowed: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99],
    namedBy: 'type',
    names: { 10: 'AWS Account' },
  },
  'tunnel_interface.type_id': { allowed: [0, 1, 2, 3, 4, 99], namedBy: 'type', names: { 4: 'Tunnel' } },
};
