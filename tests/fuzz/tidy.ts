/**
 * What is random in a recorded payload, put in order: what is to be ignored, cookies and ephemeral keys, keys and signatures
 * of clients, and the password, which becomes the one of the fuzzed server. The layout stays as it was.
 */
import { Fields, fields, message } from "../peer/wire.js";

const PASSWORD = "secret";

/** A number of one's own for each kind of key. */
const pattern = (length: number, seed: number): Uint8Array =>
	Uint8Array.from({ length }, (_, at) => (at * 7 + seed) & 0xff);

/** A payload of a client as one of ours. */
export function tidy(payload: Uint8Array): Uint8Array {
	switch (payload[0]) {
		// PuTTY hides the length of a password behind it.
		case 2:
			return message(2, new Uint8Array(16));
		case 20: {
			const tidied = payload.slice();
			tidied.fill(0, 1, 17);
			return tidied;
		}
		case 30:
			return message(30, new Uint8Array(32).fill(9));
		case 50:
			return tidyRequest(payload);
		case 61:
			return payload.length > 5 && payload[4] === 1 ? message(61, 1, answer(payload)) : payload;
		default:
			return payload;
	}
}

function answer(payload: Uint8Array): string {
	const reader = new Fields(payload.slice(5));
	return passwordFor(reader.text());
}

const passwordFor = (password: string): string => (password === "wrong" ? password : PASSWORD);

function tidyRequest(payload: Uint8Array): Uint8Array {
	const reader = new Fields(payload);
	reader.byte();
	const head = [reader.string(), reader.string()] as const;
	const method = reader.text();
	if (method === "password") {
		const change = reader.boolean();
		return message(50, ...head, method, change, passwordFor(reader.text()));
	}
	if (method !== "publickey") return payload;
	const signed = reader.boolean();
	const algorithm = reader.text();
	const key = tidyKey(reader.string());
	const signature = signed ? [tidySignature(algorithm, reader.string())] : [];
	return message(50, ...head, method, signed, algorithm, key, ...signature);
}

function tidyKey(blob: Uint8Array): Uint8Array {
	const reader = new Fields(blob);
	const type = reader.text();
	switch (type) {
		case "ssh-ed25519":
			return fields(type, pattern(32, 1));
		case "ecdsa-sha2-nistp256": {
			const point = pattern(65, 2);
			point[0] = 4;
			return fields(type, reader.string(), point);
		}
		case "ssh-rsa": {
			const exponent = reader.string();
			const modulus = pattern(reader.string().length, 3);
			modulus[0] = 0;
			modulus[1] |= 0x80;
			modulus[modulus.length - 1] |= 1;
			return fields(type, exponent, modulus);
		}
		default:
			throw new Error(`a key of type ${type}`);
	}
}

/** Of the length that it mostly has; it ends with an odd byte, as those do that are taken. */
function tidySignature(algorithm: string, blob: Uint8Array): Uint8Array {
	const reader = new Fields(blob);
	const name = reader.text();
	if (name !== algorithm && !algorithm.startsWith("rsa")) throw new Error(`a signature of ${name}`);
	let content: Uint8Array = pattern(reader.string().length, 4);
	if (name.startsWith("ecdsa")) content = fields(pattern(32, 5), pattern(32, 6));
	content[content.length - 1] |= 1;
	return fields(name, content);
}
