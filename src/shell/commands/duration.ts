/** Times as commands show them. */

/** "02:03:04", with the days before it where there are any. @param milliseconds a time span */
export function duration(milliseconds: number): string {
	const seconds = Math.max(0, Math.floor(milliseconds / 1000));
	const days = Math.floor(seconds / 86400);
	const clock = clockTime(seconds % 86400);
	return days === 0 ? clock : `${days}d ${clock}`;
}

/** @param seconds of a day */
export function clockTime(seconds: number): string {
	return `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
}

function twoDigits(number: number): string {
	return number < 10 ? `0${number}` : String(number);
}
