/**
 * ECDSA keys and signatures that are almost right, through the whole of USERAUTH. The adapter for XS has no P-256 of its
 * own: this is noble's.
 */
import { nobleCrypto } from "../../src/crypto/noble/index.js";
import { concat, littleEndian, noise, run, toLittleEndian } from "../crypto/helpers.js";
import { test } from "../harness.js";
import { type Field, fields, mpint, raw } from "../peer/wire.js";
import { Desk, type Offer, type Signer, wrap } from "./offer.js";

const ED25519 = "ssh-ed25519";
const P256 = "ecdsa-sha2-nistp256";

const P256_SECRET = new Uint8Array(32).fill(0x24);
const POINT = run(nobleCrypto.p256PublicKey(P256_SECRET));
const ORDER = BigInt("0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const PRIME = BigInt("0xffffffff00000001000000000000000000000000ffffffffffffffffffffffff");

/** Big-endian, in so many bytes. */
function bytes(value: bigint, length: number): Uint8Array {
	return toLittleEndian(value, length).reverse();
}

const number = (magnitude: Uint8Array): bigint => littleEndian(magnitude.slice().reverse());
const numbers = (r: bigint, s: bigint): Uint8Array => concat(mpint(bytes(r, 40)), mpint(bytes(s, 40)));

const ecdsa: Signer = {
	algorithm: P256,
	blob: fields(P256, "nistp256", POINT),
	sign: signed => {
		const signature = run(nobleCrypto.p256Sign(P256_SECRET, signed));
		return numbers(number(signature.subarray(0, 32)), number(signature.subarray(32)));
	},
};

test("ECDSA: points off the curve, at infinity, or beyond the field", () => {
	const desk = new Desk(nobleCrypto);
	const honest = desk.honest(ecdsa);
	const x = number(POINT.subarray(1, 33));
	const y = number(POINT.subarray(33));
	const point = (left: bigint, right: bigint): Offer => ({
		...honest,
		blob: fields(P256, "nistp256", concat(Uint8Array.of(4), bytes(left, 32), bytes(right, 32))),
	});
	desk.refuses(ecdsa, [
		["y + 1", point(x, y + 1n)],
		["x and y exchanged", point(y, x)],
		["0, 0", point(0n, 0n)],
		["p, p", point(PRIME, PRIME)],
		["the highest", point(2n ** 256n - 1n, 2n ** 256n - 1n)],
		["x, p", point(x, PRIME)],
		["another's", point(x, PRIME - y)],
	]);
});

test("ECDSA: r and s out of range, of another form, or with bytes behind", () => {
	const desk = new Desk(nobleCrypto);
	const honest = desk.honest(ecdsa);
	const good = run(nobleCrypto.p256Sign(P256_SECRET, desk.signed(ecdsa)));
	const r = number(good.subarray(0, 32));
	const s = number(good.subarray(32));
	const offer = (signature: Uint8Array): Offer => ({ ...honest, signature: wrap(P256, signature) });
	const padded = (value: bigint): Uint8Array => fields(concat(new Uint8Array(2), bytes(value, 32)));
	desk.refuses(ecdsa, [
		["0, 0", offer(numbers(0n, 0n))],
		["0, s", offer(numbers(0n, s))],
		["r, 0", offer(numbers(r, 0n))],
		["n, s", offer(numbers(ORDER, s))],
		["r, n", offer(numbers(r, ORDER))],
		["r + n, s", offer(numbers(r + ORDER, s))],
		["r, s + n", offer(numbers(r, s + ORDER))],
		["r, s + 1", offer(numbers(r, s + 1n))],
		["33 bytes", offer(numbers(2n ** 263n, s))],
		["40 bytes", offer(numbers(2n ** 319n - 1n, 2n ** 319n - 1n))],
		["r with zeros before it", offer(concat(padded(r), mpint(bytes(s, 32))))],
		["r negative", offer(concat(fields(bytes(r | (1n << 255n), 32)), mpint(bytes(s, 32))))],
		["r alone", offer(mpint(bytes(r, 32)))],
		["a third number", offer(concat(numbers(r, s), mpint(Uint8Array.of(1))))],
		["64 bytes as they are", offer(good)],
		["nothing", offer(new Uint8Array(0))],
		["2000 bytes", offer(noise(2000))],
		["the name of another", { ...honest, signature: wrap(ED25519, numbers(r, s)) }],
	]);
});

test("ECDSA: blobs that are no key are not looked up", () => {
	const desk = new Desk(nobleCrypto);
	const honest = desk.honest(ecdsa);
	const blob = (...parts: readonly Field[]): Offer => ({ ...honest, blob: fields(...parts) });
	const marked = (mark: number, length = 65): Uint8Array =>
		concat(Uint8Array.of(mark), POINT.slice(1, length));
	desk.refusesUnasked(ecdsa, [
		["compressed", blob(P256, "nistp256", marked(2, 33))],
		["compressed, odd", blob(P256, "nistp256", marked(3, 33))],
		["hybrid", blob(P256, "nistp256", marked(6))],
		["hybrid, odd", blob(P256, "nistp256", marked(7))],
		["infinity", blob(P256, "nistp256", Uint8Array.of(0))],
		["64 bytes", blob(P256, "nistp256", POINT.slice(0, 64))],
		["66 bytes", blob(P256, "nistp256", concat(POINT, new Uint8Array(1)))],
		["none", blob(P256, "nistp256", "")],
		["another curve", blob(P256, "nistp384", POINT)],
		["another type", blob("ecdsa-sha2-nistp384", "nistp256", POINT)],
		["a byte behind", blob(P256, "nistp256", POINT, raw(new Uint8Array(1)))],
		["no curve", blob(P256, POINT)],
		["the name of another", { ...honest, algorithm: ED25519 }],
	]);
});
