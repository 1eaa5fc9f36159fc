/**
 * What each operation of src/crypto/xs.ts costs: a program for a board that counts instructions. It prints a row an
 * operation, in millions of instructions, with the longest slice; and what the heap holds after the first use.
 */
import type { Job } from "../../src/crypto/port.js";
import { xsCrypto } from "../../src/crypto/xs.js";

/** Of the board: writes a line; instructions so far; collects garbage, writes a line about the heap. */
declare function print(text: string): void;
declare function icnt(): number;
declare function mem(): void;

function report(name: string, total: number, longest: number, slices: number): void {
	print(`${name}: ${(total / 1e6).toFixed(3)} M, longest slice ${(longest / 1e6).toFixed(3)} M of ${slices}`);
}

function job<T>(name: string, started: Job<T>): T {
	let total = 0;
	let longest = 0;
	let slices = 0;
	for (let done = false; !done; slices++) {
		const before = icnt();
		done = started.step();
		const spent = icnt() - before;
		total += spent;
		if (spent > longest) longest = spent;
	}
	report(name, total, longest, slices);
	return started.result;
}

function once(name: string, work: () => void): void {
	const before = icnt();
	work();
	const spent = icnt() - before;
	report(name, spent, spent, 1);
}

function noise(length: number, seed: number): Uint8Array {
	const bytes = new Uint8Array(length);
	let state = seed;
	for (let at = 0; at < length; at++) {
		state = (state * 1103515245 + 12345) % 0x80000000;
		bytes[at] = Math.floor(state / 0x800000);
	}
	return bytes;
}

const seed = noise(32, 1);
const exchangeHash = noise(32, 2);
const kilobyte = noise(1024, 3);
/** As long as what a client signs with an ed25519 key (RFC 4252 section 7). */
const request = noise(150, 4);
const output = new Uint8Array(64);

mem();
const key = job("ed25519.publicKey", xsCrypto.ed25519PublicKey(seed));
const signature = job("ed25519.sign", xsCrypto.ed25519Sign(seed, key, exchangeHash));
mem();
const login = job("ed25519.sign of 150 bytes", xsCrypto.ed25519Sign(seed, key, request));
if (!job("ed25519.verify", xsCrypto.ed25519Verify(key, request, login))) print("WRONG");
if (!job("ed25519.verify of 32 bytes", xsCrypto.ed25519Verify(key, exchangeHash, signature))) print("WRONG");
mem();
if (!job("x25519", xsCrypto.x25519(noise(32, 5), noise(32, 6))).sharedSecret) print("WRONG");
mem();
for (const name of ["sha256", "sha512"] as const) {
	const hash = xsCrypto.hash(name);
	once(`${name} 1 KB`, () => {
		hash.update(kilobyte, 0, 1024);
		hash.digest(output, 0);
	});
	const mac = xsCrypto.hmac(name, seed);
	once(`hmac-${name} 1 KB`, () => {
		mac.update(kilobyte, 0, 1024);
		mac.digest(output, 0);
	});
	once(`hmac-${name} 32 B`, () => {
		mac.update(kilobyte, 0, 32);
		mac.digest(output, 0);
	});
}
const cipher = xsCrypto.chacha20(seed);
const nonce = noise(8, 7);
once("chacha20 1 KB", () => cipher.apply(nonce, 1, kilobyte, 0, 1024));
once("chacha20 4 B", () => cipher.apply(nonce, 0, kilobyte, 0, 4));
once("poly1305 1 KB", () => xsCrypto.poly1305(seed, kilobyte, 0, 1024, output));
once("poly1305 36 B", () => xsCrypto.poly1305(seed, kilobyte, 0, 36, output));
mem();
