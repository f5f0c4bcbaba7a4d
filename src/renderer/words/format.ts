const WHOLE = new Intl.NumberFormat('en');
const ONE_PLACE = new Intl.NumberFormat('en', { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const SECONDS_PER_MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const HOURS_PER_DAY = 24;
/** Below it a rate is shown with one place. */
const SLOW_RATE = 10;

/** A count with thousands separators: `12,403`. */
export const formatCount = (count: number): string => WHOLE.format(count);

/** A count with its noun: `1 photo`, `12,403 photos`. */
export const countOf = (count: number, noun: string, plural = `${noun}s`): string =>
  `${formatCount(count)} ${count === 1 ? noun : plural}`;

/** How many in a second: `182 photos/s`, `3.4 faces/s`. */
export const formatRate = (perSecond: number, noun: string): string =>
  `${perSecond < SLOW_RATE ? ONE_PLACE.format(perSecond) : WHOLE.format(Math.round(perSecond))} ${noun}s/s`;

/** A length of time in its two largest units: `40 min`, `2 h 5 min`, `3 d 4 h`, `12 s`. */
export const formatDuration = (seconds: number): string => {
  if (seconds < SECONDS_PER_MINUTE) return `${String(Math.max(1, Math.round(seconds)))} s`;
  const minutes = Math.round(seconds / SECONDS_PER_MINUTE);
  if (minutes < MINUTES_PER_HOUR) return `${String(minutes)} min`;
  const hours = Math.floor(minutes / MINUTES_PER_HOUR);
  const rest = (amount: number, unit: string): string => (amount === 0 ? '' : ` ${String(amount)} ${unit}`);
  if (hours < HOURS_PER_DAY) return `${String(hours)} h${rest(minutes % MINUTES_PER_HOUR, 'min')}`;
  return `${formatCount(Math.floor(hours / HOURS_PER_DAY))} d${rest(hours % HOURS_PER_DAY, 'h')}`;
};

/** Time left: `40 min left`. */
export const formatTimeLeft = (seconds: number): string => `${formatDuration(seconds)} left`;

/** A face's score as a percentage: `99.8 %`. A score below 1 is never shown as 100. */
export const formatScore = (score: number): string => {
  const tenths = score < 1 ? Math.min(999, Math.round(score * 1000)) : 1000;
  return `${ONE_PLACE.format(tenths / 10)} %`;
};

/** A coordinate in pixels: `128.4`. */
export const formatPixels = (pixels: number): string => ONE_PLACE.format(pixels);

const TIME_OF_DAY = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** When something happened, as a clock shows it: `14:05:09`. */
export const formatTimeOfDay = (atMs: number): string => TIME_OF_DAY.format(atMs);

const BYTES_PER_MEBIBYTE = 1024 * 1024;

/** `12 MiB`, `1.3 GiB`; a little is `under 1 MiB`. */
export const formatBytes = (bytes: number): string => {
  const mebibytes = bytes / BYTES_PER_MEBIBYTE;
  if (mebibytes < 1) return bytes === 0 ? 'empty' : 'under 1 MiB';
  if (mebibytes < 1024) return `${formatCount(Math.round(mebibytes))} MiB`;
  return `${(mebibytes / 1024).toFixed(1)} GiB`;
};
const MOMENT = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** A moment: `May 3, 2026, 4:05 PM`. */
export const formatMoment = (atMs: number): string => MOMENT.format(atMs);
