/**
 * The Moddable SDK's modules as far as we import them. @moddable/typings on npm is older than the SDK, and lacks some
 * (embedded:storage/files), and members of others (a listener's close()).
 */

declare module "embedded:io/socket/tcp" {
	export default class TCP {
		/** Takes over the connection of `from`. Callbacks are called with the TCP object as `this`, from the event loop. */
		constructor(options: {
			from: TCP;
			nodelay?: boolean;
			target?: unknown;
			onReadable?: (this: TCP, bytes: number) => void;
			onWritable?: (this: TCP, bytes: number) => void;
			onError?: (this: TCP) => void;
		});
		readonly target: unknown;
		readonly remoteAddress: string | undefined;
		/** Fills the buffer; throws when there are fewer bytes than it holds. */
		read(buffer: Uint8Array): number | undefined;
		/** Throws when the bytes do not fit. Returns how many more do, where the platform tells. */
		write(bytes: Uint8Array): number | undefined;
		close(): void;
	}
}

declare module "embedded:io/socket/listener" {
	import type TCP from "embedded:io/socket/tcp";
	export default class Listener {
		constructor(options: {
			port: number;
			/** Not heeded on lwIP: there it listens on all interfaces. */
			address?: string;
			target?: unknown;
			onReadable?: (this: Listener, connections: number) => void;
		});
		readonly target: unknown;
		readonly port: number;
		read(): TCP | undefined;
		close(): void;
	}
}

declare module "embedded:io/serial" {
	export default class Serial {
		/** Pins on a microcontroller, a device's name on Linux. */
		constructor(options: {
			baud: number;
			format?: "buffer";
			onReadable?: (bytes: number) => void;
			onWritable?: (bytes: number) => void;
			onError?: () => void;
		});
		read(byteLength: number): ArrayBuffer | undefined;
		write(bytes: ArrayBuffer): void;
		set(options: { break?: boolean }): void;
		close(): void;
	}
}

declare module "embedded:storage/files" {
	interface File {
		read(buffer: Uint8Array, position: number): number;
		write(bytes: Uint8Array, position: number): void;
		status(): { readonly size: number };
		flush(): void;
		close(): void;
	}
	const files: {
		openFile(options: { path: string; mode?: "r" | "w" }): File;
		delete(path: string): void;
		/** Replaces what `to` was. */
		move(from: string, to: string): void;
		scan(path?: string): Iterable<string>;
	};
	export default files;
}

declare module "embedded:storage/key-value" {
	interface Storage {
		read(key: string): ArrayBuffer | string | number | bigint | undefined;
		write(key: string, value: ArrayBuffer | string | number | bigint): void;
		delete(key: string): void;
	}
	const storage: { open(options: { path: string; format?: "buffer" }): Storage };
	export default storage;
}

declare module "preference" {
	type Value = boolean | number | string | ArrayBuffer;
	const Preference: {
		get(domain: string, key: string): Value | undefined;
		set(domain: string, key: string, value: Value): void;
		delete(domain: string, key: string): void;
	};
	export default Preference;
}

declare module "file" {
	/** As littlefs-storage.ts has them. */
	export const Directory: unknown;
	export const File: unknown;
	export const System: unknown;
}

declare module "timer" {
	export interface Handle {
		readonly __timer: never;
	}
	const Timer: {
		set(callback: (handle: Handle) => void, milliseconds?: number): Handle;
		clear(handle: Handle): void;
	};
	export default Timer;
}

declare module "time" {
	const Time: {
		/** Milliseconds in 32 bits, signed: it wraps. */
		readonly ticks: number;
	};
	export default Time;
}

declare module "mc/config" {
	const config: Readonly<Record<string, unknown>>;
	export default config;
}

/** Ours, in C: cryptographic randomness, for which the SDK has no module. Throws where there is none. */
declare module "fieldssh/entropy" {
	export default function fill(bytes: Uint8Array): void;
}

/** Ours, in C: what the engine's heaps hold. */
declare module "fieldssh/heap" {
	/** Slots that can still be taken: as Heap of hal/hal.ts, and so are the next one and collect(). */
	export function freeSlots(): number;
	export function freeBytes(): number;
	/** Bytes of both heaps that are taken, garbage included. */
	export function usedBytes(): number;
	/** Bytes of both heaps, free and taken; 0 where they grow by what malloc gives, and nobody knows how much that will be. */
	export function totalBytes(): number;
	export function collect(): void;
}

declare const System: { restart(): void };
declare function trace(...texts: string[]): void;
