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
  | `${'boolean' | 'integer' | 'ip' | 'long' | 'string' | 'timestamp' | 'username'}_t`
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

const typed = (names: Partial<Record<OcsfType, string>>): ObjectRule['types'] =>
  Object.fromEntries(
    Object.entries(names).flatMap(([type, all]) => all.split(' ').map((name) => [name, type as OcsfType])),
  );

const ENDPOINT_NAMES = ['ip', 'uid', 'name', 'hostname', 'svc_name', 'instance_uid', 'interface_uid', 'interface_name'];

/** The objects by their dotted path; the event itself has the path ''. */
export const OCSF_OBJECTS: Readonly<Record<string, ObjectRule>> = {
  '': {
    required: ['activity_id', 'category_uid', 'class_uid', 'type_uid', 'severity_id', 'time', 'metadata', 'cloud'],
    oneOf: ['connection_info', 'session', 'src_endpoint', 'traffic', 'tunnel_interface', 'tunnel_type_id'],
    types: typed({
      integer_t: 'activity_id category_uid class_uid severity_id status_id timezone_offset',
      long_t: 'type_uid',
      string_t: 'activity_name category_name class_name type_name severity status status_code status_detail',
      timestamp_t: 'time',
      object: 'metadata cloud session user src_endpoint dst_endpoint tunnel_interface traffic',
      free_object: 'unmapped',
    }),
  },
  metadata: {
    required: ['product', 'version'],
    types: typed({ string_t: 'version log_provider uid correlation_uid', list: 'profiles', object: 'product' }),
  },
  'metadata.product': {
    required: ['vendor_name'],
    oneOf: ['name', 'uid'],
    types: typed({ string_t: 'name vendor_name' }),
  },
  cloud: { required: ['provider'], types: { provider: 'string_t', region: 'string_t', account: 'object' } },
  'cloud.account': {
    required: [],
    oneOf: ['name', 'uid'],
    types: typed({ string_t: 'uid type', integer_t: 'type_id' }),
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
  traffic: { required: [], types: typed({ long_t: 'bytes_in bytes_out packets_in packets_out' }) },
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
