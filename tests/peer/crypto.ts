/**
 * The crypto of noble, which remembers what took long: a test that makes the same connection a thousand times, from the
 * same random numbers, computes its keys and signatures once. The results are noble's, each time.
 */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import type { Crypto, Job, KeyAgreement } from "../../src/crypto/port.js";
import { run, toHex } from "../crypto/helpers.js";

/** Slices that a job takes: more than one, as on a device. */
const STEPS = 3;

/** A job whose result is there at the end of its last slice. */
class Sliced<T> implements Job<T> {
	private left = STEPS;
	private readonly compute: () => T;
	private value: T | undefined;

	constructor(compute: () => T) {
		this.compute = compute;
	}

	step(): boolean {
		this.left--;
		if (this.left > 0) return false;
		this.value = this.compute();
		return true;
	}

	get result(): T {
		if (this.left > 0) throw new Error("a result was asked for before its time");
		return this.value!;
	}
}

class Memory<T> {
	private readonly known = new Map<string, T>();

	recall(parts: readonly Uint8Array[], compute: () => T): T {
		const name = parts.map(toHex).join();
		const found = this.known.get(name);
		if (found !== undefined) return found;
		const made = compute();
		this.known.set(name, made);
		return made;
	}
}

const agreements = new Memory<KeyAgreement>();
const signatures = new Memory<Uint8Array>();
const verdicts = new Memory<boolean>();

function agree(secretKey: Uint8Array, peerKey: Uint8Array): KeyAgreement {
	const { publicKey, sharedSecret } = agreements.recall([secretKey, peerKey], () => {
		const made = run(nobleCrypto.x25519(secretKey.slice(), peerKey));
		return { publicKey: made.publicKey.slice(), sharedSecret: made.sharedSecret?.slice() };
	});
	secretKey.fill(0);
	return { publicKey: publicKey.slice(), sharedSecret: sharedSecret?.slice() };
}

export const testCrypto: Crypto = {
	...nobleCrypto,
	x25519: (secretKey, peerKey) => new Sliced(() => agree(secretKey, peerKey)),
	ed25519Sign: (seed, publicKey, message) =>
		new Sliced(() =>
			signatures
				.recall([seed, message], () => run(nobleCrypto.ed25519Sign(seed, publicKey, message)))
				.slice(),
		),
	ed25519Verify: (publicKey, message, signature) =>
		new Sliced(() =>
			verdicts.recall([publicKey, message, signature], () =>
				run(nobleCrypto.ed25519Verify(publicKey, message, signature)),
			),
		),
};
