/** The command was given something that it cannot mean. The message says what was given and what is expected. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
