/** A setting of the network is wrong: nothing was asked. The message names the setting, what was given, and what was expected. */
export class WrongNetworkSetting extends Error {
  override readonly name = 'WrongNetworkSetting';
}
