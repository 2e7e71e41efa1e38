import * as z from 'zod/mini';
import { ENDPOINT_ID } from '../trail/endpoint-id.ts';
import { EXPORT_FORMATS } from './formats/format.ts';

/** The route that signs exports. */
export const EXPORTS_PATH = '/exports';
/** The largest body of `POST /exports`, in bytes: what the server on one machine takes. */
export const MOST_BODY_BYTES = 4 * 1024 * 1024;
/** Entries outside the included ranges, over all endpoints: more would exceed {@link MOST_BODY_BYTES}. */
export const MOST_OTHERS = 1600;
/** Endpoints of a Region are few: 5 unless a quota was raised (Client VPN quotas). */
export const MOST_ENDPOINTS = 200;
/** Files of an export, and files beside it. */
export const MOST_FILES = 20;
/** Levels of a tree whose size is a safe integer. */
const MOST_HASHES = 2 * 53;

const text = (most: number, expected: string) =>
  z.string(expected).check(z.minLength(1, expected), z.maxLength(most, expected));
const list = <T extends z.ZodMiniType>(element: T, most: number, expected: string) =>
  z.array(element, expected).check(z.maxLength(most, expected));
const whole = z.int('a whole number').check(z.minimum(0, 'a whole number, not negative'));
const hash = z.string('a SHA-256').check(z.regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 hexadecimal digits'));
const hashes = list(hash, MOST_HASHES, `at most ${MOST_HASHES} hashes`);
const endpointId = z.string('an endpoint').check(z.regex(ENDPOINT_ID, 'an id like cvpn-endpoint-0123456789abcdef0'));
const notTaken = z.optional(z.never('nothing: the trail computes coverage by itself'));

const NAME = 'a name of at most 255 characters, without folders and control characters';
/** The name of an exported file, without a folder. */
export const fileName = text(255, NAME).check(z.regex(/^(?!\.{1,2}$)[^/\\\p{Cc}\p{Cs}]+$/u, NAME));

const signedFile = { name: fileName, bytes: whole, sha256: hash };
const file = z.strictObject(
  { ...signedFile, bom: z.optional(z.literal(true, 'true, or nothing')) },
  'a file: name, bytes and sha256',
);

const range = z.strictObject(
  {
    endpointId,
    first: whole,
    size: whole,
    left: hashes,
    consistency: hashes,
    others: list(
      z.strictObject({ entry: whole, inclusion: hashes }, 'an entry and its inclusion'),
      MOST_OTHERS,
      `at most ${MOST_OTHERS} entries`,
    ),
  },
  'a stretch of a log: endpointId, first, size, left, consistency and others',
);

const values = list(z.string('a text'), 200, 'a list of at most 200 values');
const checkpoint = z.strictObject({ endpointId, note: text(4096, 'a signed note') }, 'an endpoint and its checkpoint');

/** The body of `POST /exports`: an export that the caller has made, to be signed. */
export const exportRequest = z.strictObject(
  {
    /** The parameters of `GET /connections`, including since and until. */
    question: z.record(z.string(), values, 'the parameters of GET /connections, each with a list of values'),
    format: z.enum(EXPORT_FORMATS, `one of ${EXPORT_FORMATS.join(', ')}`),
    files: list(file, MOST_FILES, 'one to 20 files').check(z.minLength(1, 'one to 20 files')),
    rows: whole,
    /** Clients of an earlier version stated these, of which the trail takes none (ADR 34). */
    projectedThrough: notTaken,
    pendingSince: notTaken,
    /** The checkpoints of the evidence; for other endpoints the newest is used. */
    checkpoints: z.optional(list(checkpoint, MOST_ENDPOINTS, `at most ${MOST_ENDPOINTS} checkpoints`)),
    /** Files without rows that came with the export. */
    beside: z.optional(
      list(z.strictObject(signedFile, 'a file: name, bytes and sha256'), MOST_FILES, 'at most 20 files'),
    ),
    evidence: z.optional(list(range, MOST_ENDPOINTS, `at most ${MOST_ENDPOINTS} stretches`)),
    exporter: text(64, 'a version of at most 64 characters'),
  },
  'an object: question, format, files, rows, exporter',
);

export type ExportRequest = z.output<typeof exportRequest>;
