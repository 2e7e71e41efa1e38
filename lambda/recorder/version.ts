/** The recorder's version, as written to every manifest; the same as in package.json (a test checks this). */
export const RECORDER_VERSION = '0.1.0';
