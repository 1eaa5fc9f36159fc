/** Stands in for the SDK's pins/digital, which is for devices alone: pins that read what was written to them. */
const levels: number[] = [];

export default {
	read: (pin: number): number => levels[pin] ?? 0,
	write(pin: number, level: number): void {
		levels[pin] = level;
	},
};
