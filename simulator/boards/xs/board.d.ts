/** What the XS board has besides the SDK's modules. */
declare module "fieldssh/board" {
	/** Chunk bytes and slots are counted from when the firmware's modules had been loaded. */
	export interface Figures {
		readonly chunkBytes: number;
		readonly slots: number;
		/** Names of properties, and symbols. */
		readonly keys: number;
		/** The most since resetPeaks(), garbage included. */
		readonly peakChunkBytes: number;
		readonly peakSlots: number;
		readonly peakStackSlots: number;
		/** Bytes of a slot: 16, as on a device, or 32. */
		readonly slotSize: number;
		/** Of the firmware: its code and the names in it. */
		readonly bytecodeBytes: number;
	}
	/** Figures after a collection. */
	export function measure(): Figures;
	export function resetPeaks(): void;
	/** A line on standard error. */
	export function complain(line: string): void;
	/** Called from the event loop at the first SIGINT or SIGTERM; a second one ends the program. */
	export function onSignal(callback: () => void): void;
	/** Ends the program. */
	export function exit(status: number): never;
}
