/**
 * OpenSSH's private key file (PROTOCOL.key), without a passphrase: what `ssh-keygen` reads and writes. The text between
 * the two marker lines is base64 of
 *
 *     byte[15]  "openssh-key-v1", 0
 *     string    ciphername, "none"
 *     string    kdfname, "none"
 *     string    kdfoptions, ""
 *     uint32    number of keys, 1
 *     string    public key, as on the wire
 *     string    private section
 *
 * and the private section is
 *
 *     uint32    checkint
 *     uint32    the same
 *     string    "ssh-ed25519"             string    "ecdsa-sha2-nistp256"
 *     string    public key, 32 bytes      string    "nistp256"
 *     string    seed || public key        string    Q
 *                                         mpint     d
 *     string    comment
 *     byte[n]   1, 2, 3 ... up to a multiple of 8
 */
import { decodeBase64, encodeBase64 } from "../base/base64.js";
import { asciiBytes, asciiString, equalBytes, fixedLength, Reader, Writer } from "../base/wire.js";
import type { Crypto, Job } from "../crypto/port.js";
import { ERR_INVALID_INPUT, ERR_UNSUPPORTED_OPERATION } from "../merrors.js";
import { __ENABLE_MOCANA_SSH_ECDSA__ } from "../moptions.js";
import {
	derivePublicKey,
	ECDSA_SHA2_NISTP256,
	encodePublicKey,
	isHostKeyAlgorithm,
	isP256Scalar,
	NISTP256,
	type PrivateKey,
	SSH_ED25519,
} from "./host-key.js";

const BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC = "openssh-key-v1\0";
/** Characters of base64 in a line, as OpenSSH writes them. */
const LINE = 70;
/** What cipher "none" is padded to. */
const BLOCK = 8;
/** Everything but the comment takes less than 400 bytes of either type; in base64, a third more. */
const MAX_COMMENT = 1024;
const MAX_SECTION = 1536;
const MAX_FILE = 4096;
/** Algorithm, cipher and curve names; a longer one is none of ours. */
const MAX_NAME = 64;

/**
 * The file of a key.
 *
 * @param checkInt a random uint32
 * @param comment US-ASCII, at most 1,024 characters
 * @throws RangeError for a longer comment
 */
export function formatPrivateKey(key: PrivateKey, checkInt: number, comment: string): Uint8Array {
	if (comment.length > MAX_COMMENT) throw new RangeError(`a comment has at most ${MAX_COMMENT} characters`);
	const section = new Writer(new Uint8Array(MAX_SECTION));
	section.uint32(checkInt).uint32(checkInt).ascii(key.algorithm);
	if (__ENABLE_MOCANA_SSH_ECDSA__ && key.algorithm === ECDSA_SHA2_NISTP256) {
		section.ascii(NISTP256).string(key.publicKey).mpint(key.secretKey);
	} else {
		section.string(key.publicKey).uint32(64).raw(key.secretKey).raw(key.publicKey);
	}
	section.ascii(comment);
	for (let pad = 1; section.position % BLOCK !== 0; pad++) section.byte(pad);

	const file = new Writer(new Uint8Array(2 * MAX_SECTION)).raw(asciiBytes(MAGIC));
	file.ascii("none").ascii("none").ascii("").uint32(1).string(encodePublicKey(key));
	file.string(section.bytes, 0, section.position);
	const body = encodeBase64(file.bytes.subarray(0, file.position));
	section.bytes.fill(0);
	file.bytes.fill(0);

	let text = `${BEGIN}\n`;
	for (let at = 0; at < body.length; at += LINE) text += `${body.slice(at, at + LINE)}\n`;
	return asciiBytes(`${text}${END}\n`);
}

/**
 * Reads a file, all but for whether its secret key and its public key belong together: readPrivateKey() asks that too.
 *
 * @returns the key; ERR_UNSUPPORTED_OPERATION where it has a passphrase or is of a type that this build does not have;
 *   ERR_INVALID_INPUT for anything else that is not a whole and sound file
 */
export function parsePrivateKey(file: Uint8Array): PrivateKey | number {
	const bytes = decodeArmor(file);
	if (!bytes) return ERR_INVALID_INPUT;
	const key = parseContainer(new Reader(bytes));
	bytes.fill(0);
	return key;
}

/** As parsePrivateKey(), and derives the public key to see that it is the one in the file. */
export function readPrivateKey(crypto: Crypto, file: Uint8Array): Job<PrivateKey | number> {
	return new Reading(crypto, parsePrivateKey(file));
}

class Reading implements Job<PrivateKey | number> {
	result: PrivateKey | number;
	private readonly derivation: Job<Uint8Array> | undefined;

	constructor(crypto: Crypto, parsed: PrivateKey | number) {
		this.result = parsed;
		this.derivation =
			typeof parsed === "number" ? undefined : derivePublicKey(crypto, parsed.algorithm, parsed.secretKey);
	}

	step(): boolean {
		if (!this.derivation) return true;
		if (!this.derivation.step()) return false;
		const key = this.result as PrivateKey;
		if (!equalBytes(key.publicKey, this.derivation.result)) {
			key.secretKey.fill(0);
			this.result = ERR_INVALID_INPUT;
		}
		return true;
	}

	wipe(): void {
		if (typeof this.result !== "number") this.result.secretKey.fill(0);
	}
}

/** The bytes between the marker lines, or undefined. */
function decodeArmor(file: Uint8Array): Uint8Array | undefined {
	if (file.length > MAX_FILE) return undefined;
	const lines = asciiString(file).split("\n");
	let body = "";
	let ended = false;
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at].endsWith("\r") ? lines[at].slice(0, -1) : lines[at];
		if (at === 0) {
			if (line !== BEGIN) return undefined;
		} else if (ended) {
			if (line !== "") return undefined;
		} else if (line === END) ended = true;
		else body += line;
	}
	return ended ? decodeBase64(body) : undefined;
}

function parseContainer(reader: Reader): PrivateKey | number {
	const magic = reader.skip(MAGIC.length);
	if (magic < 0 || asciiString(reader.bytes, magic, magic + MAGIC.length) !== MAGIC) return ERR_INVALID_INPUT;
	const encrypted = reader.ascii(MAX_NAME) !== "none";
	const derived = reader.ascii(MAX_NAME) !== "none";
	const options = reader.stringLength();
	reader.skip(options);
	const count = reader.uint32();
	const publicBlob = reader.string();
	const section = reader.string();
	if (reader.failed || count !== 1 || encrypted !== derived) return ERR_INVALID_INPUT;
	if (encrypted) return ERR_UNSUPPORTED_OPERATION;
	if (!reader.complete || options !== 0 || section.length % BLOCK !== 0) return ERR_INVALID_INPUT;
	return parseSection(new Reader(section), publicBlob);
}

function parseSection(reader: Reader, publicBlob: Uint8Array): PrivateKey | number {
	const checkInt = reader.uint32();
	const repeated = reader.uint32();
	const algorithm = reader.ascii(MAX_NAME);
	if (reader.failed || checkInt !== repeated) return ERR_INVALID_INPUT;
	if (!isHostKeyAlgorithm(algorithm)) return ERR_UNSUPPORTED_OPERATION;
	const key =
		__ENABLE_MOCANA_SSH_ECDSA__ && algorithm === ECDSA_SHA2_NISTP256
			? parseEcdsa(reader)
			: parseEd25519(reader);
	reader.string();
	for (let pad = 1; reader.remaining > 0 && !reader.failed; pad++) {
		if (reader.byte() !== pad || pad >= BLOCK) reader.failed = true;
	}
	if (key && !reader.failed && equalBytes(publicBlob, encodePublicKey(key))) return key;
	key?.secretKey.fill(0);
	return ERR_INVALID_INPUT;
}

function parseEd25519(reader: Reader): PrivateKey | undefined {
	const publicKey = reader.string();
	const pair = reader.string();
	if (publicKey.length !== 32 || pair.length !== 64) return undefined;
	if (!equalBytes(publicKey, pair.subarray(32))) return undefined;
	return { algorithm: SSH_ED25519, secretKey: pair.slice(0, 32), publicKey: publicKey.slice() };
}

function parseEcdsa(reader: Reader): PrivateKey | undefined {
	const curve = reader.ascii(MAX_NAME);
	const publicKey = reader.string();
	const secretKey = fixedLength(reader.mpint(), 32);
	if (curve !== NISTP256 || publicKey.length !== 65 || !secretKey || !isP256Scalar(secretKey))
		return undefined;
	return { algorithm: ECDSA_SHA2_NISTP256, secretKey, publicKey: publicKey.slice() };
}
