/** The number that decimal digits make up; -1 where there is any other character, or nothing. */
export function decimal(text: string): number {
	let value = 0;
	for (let at = 0; at < text.length; at++) {
		const digit = text.charCodeAt(at) - 0x30;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return text === "" ? -1 : value;
}
