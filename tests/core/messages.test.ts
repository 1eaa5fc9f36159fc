import {
	ACCEPTED,
	admits,
	PHASE_AUTH,
	PHASE_AUTH_INFO,
	PHASE_CONNECTED,
	PHASE_EXT_INFO,
	PHASE_FIRST_KEX,
	PHASE_FIRST_KEXINIT,
	PHASE_FIRST_NEWKEYS,
	PHASE_REKEY_KEX,
	PHASE_REKEY_NEWKEYS,
	PHASE_SERVICE,
	PHASE_STRICT_KEX,
	PHASE_STRICT_NEWKEYS,
	phasesOf,
	REFUSED,
	UNKNOWN,
} from "../../src/messages.js";
import { assert, test } from "../harness.js";
import { messageName } from "../peer/names.js";

const LETTERS: readonly (readonly [string, number])[] = [
	["i", PHASE_FIRST_KEXINIT],
	["k", PHASE_FIRST_KEX],
	["n", PHASE_FIRST_NEWKEYS],
	["K", PHASE_STRICT_KEX],
	["N", PHASE_STRICT_NEWKEYS],
	["e", PHASE_EXT_INFO],
	["s", PHASE_SERVICE],
	["a", PHASE_AUTH],
	["p", PHASE_AUTH_INFO],
	["c", PHASE_CONNECTED],
	["r", PHASE_REKEY_KEX],
	["R", PHASE_REKEY_NEWKEYS],
];

/** The phases that accept a message, a letter each. */
function where(number: number): string {
	let letters = "";
	for (const [letter, phase] of LETTERS) if (admits(number, phase) === ACCEPTED) letters += letter;
	return letters;
}

test("which message may come when, written down once more", () => {
	const loose = "iknesapcrR";
	const expected: Record<string, string> = {
		DISCONNECT: "iknKNesapcrR",
		IGNORE: loose,
		UNIMPLEMENTED: loose,
		DEBUG: loose,
		SERVICE_REQUEST: "es",
		EXT_INFO: "e",
		KEXINIT: "iesapc",
		NEWKEYS: "nNR",
		KEX_ECDH_INIT: "kKr",
		USERAUTH_REQUEST: "apc",
		USERAUTH_INFO_RESPONSE: "p",
		GLOBAL_REQUEST: "c",
		REQUEST_SUCCESS: "c",
		REQUEST_FAILURE: "c",
		CHANNEL_OPEN: "c",
		CHANNEL_OPEN_CONFIRMATION: "c",
		CHANNEL_OPEN_FAILURE: "c",
		CHANNEL_WINDOW_ADJUST: "c",
		CHANNEL_DATA: "c",
		CHANNEL_EXTENDED_DATA: "c",
		CHANNEL_EOF: "c",
		CHANNEL_CLOSE: "c",
		CHANNEL_REQUEST: "c",
		CHANNEL_SUCCESS: "c",
		CHANNEL_FAILURE: "c",
		PING: "c",
	};
	const found: Record<string, string> = {};
	for (let number = 0; number < 256; number++) {
		const letters = where(number);
		if (letters !== "") found[messageName(number).replace("SSH_MSG_", "")] = letters;
	}
	assert.deepEqual(found, expected);
});

test("numbers that are no message of ours are unknown where an answer is allowed, and refused elsewhere", () => {
	for (let number = 0; number < 256; number++) {
		if (phasesOf(number) >= 0) continue;
		for (const [letter, phase] of LETTERS) {
			const answered = letter === "c" || ("esap".includes(letter) && number < 80);
			assert.equal(admits(number, phase), answered ? UNKNOWN : REFUSED, `${number} ${letter}`);
		}
	}
});

test("every message that has a name has its place in the table", () => {
	for (let number = 0; number < 256; number++) {
		assert.equal(phasesOf(number) >= 0, messageName(number).startsWith("SSH_MSG_"), messageName(number));
	}
});
