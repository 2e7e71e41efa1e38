import { isIP } from 'node:net';
import { OCSF_NUMBERS, OCSF_OBJECTS, OCSF_VERSION, type OcsfType } from './ocsf-rules.ts';

type Value = Readonly<Record<string, unknown>>;

const LONGEST_STRING = 65_535;
const LONGEST_IP = 40;

/** No event is later, and so a time of today in microseconds is found. */
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const IS_OF_TYPE: Readonly<Record<Exclude<OcsfType, 'object'>, (value: unknown) => boolean>> = {
  boolean_t: (value) => typeof value === 'boolean',
  integer_t: (value) => isWhole(value, 32),
  ip_t: (value) => typeof value === 'string' && value.length <= LONGEST_IP && isIP(value) !== 0,
  long_t: (value) => isWhole(value, 64),
  string_t: isString,
  timestamp_t: (value) => isWhole(value, 64) && Math.abs(Number(value)) <= LATEST,
  username_t: isString,
  list: (value) => Array.isArray(value) && value.every(isString),
  free_object: isObject,
};

/** What is wrong with an event by the rules of OCSF 1.3.0; empty where nothing is. */
export function faultsOfEvent(event: Value): string[] {
  const isOfActivity = Number(event.type_uid) === Number(event.class_uid) * 100 + Number(event.activity_id);
  const { metadata } = event;
  const isOfVersion = isObject(metadata) && metadata.version === OCSF_VERSION;
  return [
    ...faultsOfObject(event, ''),
    ...(isOfActivity ? [] : ['type_uid is not of class_uid and activity_id']),
    ...(isOfVersion ? [] : [`metadata.version is not ${OCSF_VERSION}`]),
  ];
}

function faultsOfObject(object: Value, path: string): string[] {
  const rule = OCSF_OBJECTS[path];
  if (rule === undefined) return [`${path} has no rule`];
  const { required, oneOf, types } = rule;
  const before = path === '' ? '' : `${path}.`;
  const hasOne = oneOf === undefined || oneOf.some((name) => object[name] !== undefined);
  return [
    ...required.filter((name) => object[name] === undefined).map((name) => `${before}${name} is missing`),
    ...(hasOne ? [] : [`${path || 'event'} has none of ${oneOf.join(', ')}`]),
    ...Object.entries(object).flatMap(([name, value]) => faultsOfValue(value, types[name], before + name)),
    ...Object.keys(object).flatMap((name) => faultsOfNumber(object, name, before)),
  ];
}

function faultsOfValue(value: unknown, type: OcsfType | undefined, path: string): string[] {
  if (type === undefined) return [`${path} is not known`];
  if (type === 'object') return isObject(value) ? faultsOfObject(value, path) : [`${path} is no object`];
  return IS_OF_TYPE[type](value) ? [] : [`${path} is no ${type}`];
}

function faultsOfNumber(object: Value, name: string, before: string): string[] {
  const rule = OCSF_NUMBERS[before + name];
  if (rule === undefined) return [];
  const number = Number(object[name]);
  if (!rule.allowed.includes(number)) return [`${before}${name} is none of ${rule.allowed.join(', ')}`];
  const text = object[rule.namedBy];
  const isNamed = text === undefined || text === rule.names[number];
  return isNamed ? [] : [`${before}${rule.namedBy} is not the name of ${name} ${number}`];
}

function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): boolean {
  return typeof value === 'string' && value.length <= LONGEST_STRING;
}

function isWhole(value: unknown, bits: number): boolean {
  if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) return false;
  const whole = BigInt(value as number | bigint);
  return BigInt.asIntN(bits, whole) === whole;
}
