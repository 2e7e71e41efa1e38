/** A port is taken or may not be used. The message names the option for another. */
class PortUnusable extends Error {
  override readonly name = 'PortUnusable';
}

/**
 * The error of a port that the server could not listen on.
 *
 * @param option - the option that chooses the port
 */
export function portUnusable(port: number, option: string, error: unknown): PortUnusable {
  const { code, message } = error as Error & { code?: string };
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used (${message})`;
  return new PortUnusable(`Port ${port} ${why}. Choose another with ${option} N; 0 takes any free one.`, {
    cause: error,
  });
}
