/**
 * The messages about channels that a server sends (RFC 4254), one function each. They return what the sender says;
 * `recipient` is the peer's number of the channel. A *_LENGTH is the payload, the message number included: what
 * sender.room() must be for a message that can wait.
 */
import type { Limits } from "../limits.js";
import {
	SSH_EXTENDED_DATA_STDERR,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_OPEN_CONFIRMATION,
	SSH_MSG_CHANNEL_OPEN_FAILURE,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
} from "../messages.js";
import type { MessageSender } from "../transport/sender.js";

// byte      SSH_MSG_CHANNEL_OPEN_CONFIRMATION
// uint32    recipient channel
// uint32    sender channel
// uint32    initial window size
// uint32    maximum packet size                     (RFC 4254 section 5.1)
export function sendOpenConfirmation(
	sender: MessageSender,
	recipient: number,
	channel: number,
	limits: Limits,
): number {
	sender
		.begin(SSH_MSG_CHANNEL_OPEN_CONFIRMATION)
		.uint32(recipient)
		.uint32(channel)
		.uint32(limits.initialWindowSize)
		.uint32(limits.maximumPacketSize);
	return sender.end();
}

// byte      SSH_MSG_CHANNEL_OPEN_FAILURE
// uint32    recipient channel
// uint32    reason code
// string    description in ISO-10646 UTF-8 encoding
// string    language tag                            (RFC 4254 section 5.1)
export function sendOpenFailure(
	sender: MessageSender,
	recipient: number,
	reason: number,
	description: string,
): number {
	sender.begin(SSH_MSG_CHANNEL_OPEN_FAILURE).uint32(recipient).uint32(reason).ascii(description).ascii("");
	return sender.end();
}

export const BARE_LENGTH = 1 + 4;

// byte      SSH_MSG_CHANNEL_EOF, _CLOSE             (RFC 4254 section 5.3)
//           SSH_MSG_CHANNEL_SUCCESS, _FAILURE       (RFC 4254 section 5.4)
// uint32    recipient channel
export function sendBare(sender: MessageSender, message: number, recipient: number): number {
	sender.begin(message).uint32(recipient);
	return sender.end();
}

export const WINDOW_ADJUST_LENGTH = 1 + 4 + 4;

// byte      SSH_MSG_CHANNEL_WINDOW_ADJUST
// uint32    recipient channel
// uint32    bytes to add                            (RFC 4254 section 5.2)
export function sendWindowAdjust(sender: MessageSender, recipient: number, count: number): number {
	sender.begin(SSH_MSG_CHANNEL_WINDOW_ADJUST).uint32(recipient).uint32(count);
	return sender.end();
}

/** What stands before the data, in the longer of the two messages that carry some. */
export const DATA_HEADER_LENGTH = 1 + 4 + 4 + 4;

// byte      SSH_MSG_CHANNEL_DATA                    byte      SSH_MSG_CHANNEL_EXTENDED_DATA
// uint32    recipient channel                       uint32    recipient channel
//                                                   uint32    data_type_code
// string    data                                    string    data              (RFC 4254 section 5.2)
export function sendData(
	sender: MessageSender,
	message: number,
	recipient: number,
	source: Uint8Array,
	start: number,
	end: number,
): number {
	const writer = sender.begin(message).uint32(recipient);
	if (message === SSH_MSG_CHANNEL_EXTENDED_DATA) writer.uint32(SSH_EXTENDED_DATA_STDERR);
	writer.string(source, start, end);
	return sender.end();
}

/** How a command ended: its exit status, or the signal that it died of, with its texts bounded and encoded. */
export type Outcome = number | ExitSignal;

export interface ExitSignal {
	readonly name: string;
	readonly message: Uint8Array;
	readonly coreDumped: boolean;
}

export function outcomeLength(outcome: Outcome): number {
	const common = 1 + 4 + (4 + "exit-status".length) + 1;
	if (typeof outcome === "number") return common + 4;
	return common + 4 + outcome.name.length + 1 + 4 + outcome.message.length + 4;
}

// byte      SSH_MSG_CHANNEL_REQUEST                 byte      SSH_MSG_CHANNEL_REQUEST
// uint32    recipient channel                       uint32    recipient channel
// string    "exit-status"                           string    "exit-signal"
// boolean   FALSE                                   boolean   FALSE
// uint32    exit_status                             string    signal name (without the "SIG" prefix)
//                                                   boolean   core dumped
//                                                   string    error message in ISO-10646 UTF-8 encoding
//                                                   string    language tag      (RFC 4254 section 6.10)
export function sendOutcome(sender: MessageSender, recipient: number, outcome: Outcome): number {
	const writer = sender.begin(SSH_MSG_CHANNEL_REQUEST).uint32(recipient);
	if (typeof outcome === "number") writer.ascii("exit-status").boolean(false).uint32(outcome);
	else {
		writer.ascii("exit-signal").boolean(false).ascii(outcome.name);
		writer.boolean(outcome.coreDumped).string(outcome.message).ascii("");
	}
	return sender.end();
}
