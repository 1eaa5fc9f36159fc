/** Stands in for the SDK's flash, which is for devices alone: a partition with an archive, as the SDK's tools make them. */
function atom(name: string, ...contents: number[]): number[] {
	const size = contents.length + 8;
	return [0, 0, size >> 8, size & 255, ...[...name].map(letter => letter.charCodeAt(0)), ...contents];
}

const text = (word: string): number[] => [...word, "\0"].map(letter => letter.charCodeAt(0));

const archive = Uint8Array.from(
	atom(
		"XS_A",
		...atom("VERS", 17, 8, 2, 0),
		...atom("NAME", ...text("example")),
		...atom("SYMB", 2, 0, ...text("one"), ...text("two")),
	),
);

export default class Flash {
	readonly byteLength = archive.length;

	read(offset: number, count: number): ArrayBuffer {
		return archive.buffer.slice(offset, offset + count);
	}

	erase(_sector: number): void {
		archive.fill(0xff);
	}
}
