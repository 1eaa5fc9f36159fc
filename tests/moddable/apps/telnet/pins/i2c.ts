/** Stands in for the SDK's pins/i2c, which is for devices alone: a bus with two chips of 16 registers each. */
const chips = new Map([0x1d, 0x48].map(address => [address, new Uint8Array(16)]));

export default class I2C {
	private readonly registers: Uint8Array | undefined;
	private register = 0;

	constructor({ address }: { address: number; throw?: boolean }) {
		this.registers = chips.get(address);
	}

	/** The register, then what goes there; with false at the end the bus is kept for the read that follows. */
	write(register: number, ...values: (number | boolean)[]): void {
		this.register = register;
		for (const value of values)
			if (typeof value === "number") this.registers?.fill(value, register, ++register);
	}

	read(count: number): Uint8Array | undefined {
		return this.registers?.slice(this.register, this.register + count);
	}

	close(): void {}
}
