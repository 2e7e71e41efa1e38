/** Snapshots that a day's export needs have expired under the trail's retention: the day can no longer be exported. */
export class DayExpired extends Error {
  override readonly name = 'DayExpired';
}
