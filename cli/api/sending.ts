/** What is sent beside the address: the headers, and the JSON document of a POST. */
export function sending(
  document: string | undefined,
  headers: Record<string, string>,
): { readonly headers: Record<string, string>; readonly method?: 'POST'; readonly body?: string } {
  if (document === undefined) return { headers };
  return { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: document };
}
