/** Names that the contract's storage takes. */

/** [A-Za-z0-9._-]+, and neither of the two that mean a folder. */
export function isStorageName(name: string): boolean {
	if (name === "" || name === "." || name === "..") return false;
	for (let at = 0; at < name.length; at++) {
		const code = name.charCodeAt(at);
		const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
		const isDigit = code >= 0x30 && code <= 0x39;
		if (!isLetter && !isDigit && code !== 0x2e && code !== 0x5f && code !== 0x2d) return false;
	}
	return true;
}
