/** Invalid arguments. The message says what was given and what is expected. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
