/** The clock on the shop's wall: the time zone of the PC the till runs on. */

/** `2026-11-23` */
export function localDate(instant: Date): string {
  return `${instant.getFullYear()}-${twoDigits(instant.getMonth() + 1)}-${twoDigits(instant.getDate())}`;
}

/** `2026-11-23 14:05` */
export function localMinute(instant: Date): string {
  return `${localDate(instant)} ${twoDigits(instant.getHours())}:${twoDigits(instant.getMinutes())}`;
}

/** Minutes east of UTC. */
export function utcOffsetMinutes(instant: Date): number {
  return 0 - instant.getTimezoneOffset();
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
