/** Instructions of single computations, and of the longest slice of each. */
import instructions from "fieldssh/instructions";
import type { Job } from "../../../src/crypto/port.js";
import { inverseOfEphemeral, load, MASK, multiply, P, store } from "../../../src/crypto/xs/field25519.js";
import { xsCrypto } from "../../../src/crypto/xs/index.js";
import { Ladder } from "../../../src/crypto/xs/x25519.js";
import { noise } from "../../crypto/helpers.js";
import { report } from "./report.js";

/** Bytes that are signed: as long as what a client signs to log in. */
const MESSAGE = noise(160, 4);
const SEED = noise(32, 5);

interface Measured<T> {
	readonly cost: { instructions: number; longest: number };
	readonly result: T;
}

/** @param start makes the job: that counts too */
function measure<T>(start: () => Job<T>): Measured<T> {
	const cost = { instructions: 0, longest: 0 };
	let job: Job<T> | undefined;
	for (let done = false; !done; ) {
		const before = instructions();
		job ??= start();
		done = job.step();
		const spent = instructions() - before;
		cost.instructions += spent;
		cost.longest = Math.max(cost.longest, spent);
	}
	return { cost, result: job!.result };
}

/** One multiplication of X25519, without the one that makes our public key: what noble calls scalarMult. */
class ScalarMult implements Job<Uint8Array> {
	readonly result = new Uint8Array(32);
	private readonly ladder: Ladder;

	constructor(scalar: Uint8Array, peerKey: Uint8Array) {
		scalar[0] &= 248;
		scalar[31] = (scalar[31] & 127) | 64;
		this.ladder = new Ladder(scalar, load(peerKey, 0) & MASK);
	}

	step(): boolean {
		if (!this.ladder.step()) return false;
		const { x2, z2 } = this.ladder;
		store(multiply(x2, inverseOfEphemeral(z2)) % P, this.result, 0);
		return true;
	}
}

export default function main(): void {
	const publicKey = measure(() => xsCrypto.ed25519PublicKey(SEED));
	const first = measure(() => xsCrypto.ed25519Sign(SEED, publicKey.result, MESSAGE));
	const again = measure(() => xsCrypto.ed25519Sign(SEED, publicKey.result, MESSAGE));
	const verified = measure(() => xsCrypto.ed25519Verify(publicKey.result, MESSAGE, again.result));
	if (!verified.result) throw new Error("ed25519: a right signature is refused");
	const peer = measure(() => xsCrypto.x25519(noise(32, 6), noise(32, 7)));
	const agreed = measure(() => xsCrypto.x25519(noise(32, 8), peer.result.publicKey));
	const scalarMult = measure(() => new ScalarMult(noise(32, 8), peer.result.publicKey));
	if (scalarMult.result.join() !== agreed.result.sharedSecret!.join()) throw new Error("x25519: two results");
	report({
		scalarMult: scalarMult.cost,
		ed25519PublicKey: publicKey.cost,
		ed25519SignFirst: first.cost,
		ed25519Sign: again.cost,
		ed25519Verify: verified.cost,
		x25519: agreed.cost,
	});
}
