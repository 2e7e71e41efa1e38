/** The parameters of a query to the API; a list is a parameter given more than once. */
export type ApiQuestion = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The URL of a question.
 *
 * @param api - the API's address; a path in it stays
 * @param path - the parts of the path, each of which may hold anything
 */
export function questionUrl(api: string, path: readonly string[], question: ApiQuestion): URL {
  const url = new URL(api);
  const base = url.pathname.replace(/\/+$/, '');
  url.pathname = `${base}/${path.map(encode).join('/')}`;
  url.search = pairsOf(question)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&');
  return url;
}

/** Each parameter as often as it is given. */
export function pairsOf(question: ApiQuestion): [name: string, value: string][] {
  return Object.entries(question).flatMap(([name, value]) =>
    (value === undefined ? [] : [value].flat()).map((one): [string, string] => [name, one]),
  );
}

/** As in RFC 3986, like AWS's signature: `!'()*` are escaped as well. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
