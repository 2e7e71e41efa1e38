/** The recorder's version, as it stands in every manifest; the same as in package.json (a test holds them together). */
export const RECORDER_VERSION = '0.1.0';
