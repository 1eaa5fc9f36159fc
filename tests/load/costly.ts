/**
 * What cryptography costs the emulated device, on the simulated clock: each call lets as much time pass as it takes there,
 * so that a test sees who waits for whom, the same in every run and on every machine.
 */
import type { SimHal } from "../../hal/sim/index.js";
import type { Crypto, Digest, HashName, Job } from "../../src/crypto/port.js";
import { testCrypto } from "../peer/crypto.js";

/** Instructions a millisecond: 125 MHz, as qemu's clock has it with -icount shift=3. */
const MILLISECOND = 125_000;

// Instructions of the adapter in JavaScript, from docs/performance.md.
const AGREEMENT = 20_900_000;
const SIGNATURE = 17_000_000;
const VERIFICATION = 28_500_000;
/** Of one slice of those, about: the longest that there are take 45 ms. */
const JOB_SLICE = 3_500_000;
const RSA_VERIFICATION = 60_000_000;
/** A byte. */
const SHA256 = 10_000;
const SHA512 = 17_000;
const AES_128 = 8_800;
const AES_256 = 11_900;
const CHACHA20 = 3_400;
const POLY1305 = 2_200;
/** A packet beside its bytes: views, calls, the packet layer and who is behind it. */
const PACKET = 1_500_000;

/** AES-GCM costs nothing here: no attack uses it. @param hal whose clock it is */
export function costlyCrypto(hal: SimHal): Crypto {
	const spend = (instructions: number): void => hal.network.stall(instructions / MILLISECOND);

	class Slices<T> implements Job<T> {
		private left: number;
		private readonly inner: Job<T>;
		constructor(inner: Job<T>, instructions: number) {
			this.inner = inner;
			this.left = Math.ceil(instructions / JOB_SLICE);
		}
		step(): boolean {
			spend(JOB_SLICE);
			if (--this.left > 0) return false;
			while (!this.inner.step());
			return true;
		}
		get result(): T {
			return this.inner.result;
		}
	}

	const digest = (inner: Digest, cost: number): Digest => ({
		length: inner.length,
		update(bytes, offset, length) {
			spend(length * cost);
			inner.update(bytes, offset, length);
		},
		digest(output, offset) {
			spend(64 * cost);
			inner.digest(output, offset);
		},
		wipe: () => inner.wipe(),
	});
	const hashCost = (name: HashName): number => (name === "sha256" ? SHA256 : SHA512);
	const aesCost = (key: Uint8Array): number => (key.length === 16 ? AES_128 : AES_256);

	return {
		...testCrypto,
		hash: name => digest(testCrypto.hash(name), hashCost(name)),
		hmac: (name, key) => digest(testCrypto.hmac(name, key), hashCost(name)),
		aesCtr(key, counter) {
			const inner = testCrypto.aesCtr(key, counter);
			return {
				apply(bytes, offset, length) {
					spend(length * aesCost(key) + PACKET / 2);
					inner.apply(bytes, offset, length);
				},
				wipe: () => inner.wipe(),
			};
		},
		chacha20(key) {
			const inner = testCrypto.chacha20(key);
			return {
				apply(nonce, counter, bytes, offset, length) {
					spend(Math.max(64, length) * CHACHA20);
					inner.apply(nonce, counter, bytes, offset, length);
				},
				wipe: () => inner.wipe(),
			};
		},
		poly1305(key, bytes, offset, length, tag) {
			spend(length * POLY1305 + PACKET);
			testCrypto.poly1305(key, bytes, offset, length, tag);
		},
		x25519: (secretKey, peerKey) => new Slices(testCrypto.x25519(secretKey, peerKey), AGREEMENT),
		ed25519Sign: (seed, publicKey, message) =>
			new Slices(testCrypto.ed25519Sign(seed, publicKey, message), SIGNATURE),
		ed25519Verify: (publicKey, message, signature) =>
			new Slices(testCrypto.ed25519Verify(publicKey, message, signature), VERIFICATION),
		rsaVerify: (hash, modulus, exponent, message, signature) =>
			new Slices(testCrypto.rsaVerify(hash, modulus, exponent, message, signature), RSA_VERIFICATION),
	};
}
