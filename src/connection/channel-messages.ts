/** The messages of a channel that is open (RFC 4254 sections 5.2 to 5.4): each is read, and given to the channel. */
import type { Reader } from "../base/wire.js";
import {
	ERR_SESSION_BAD_PAYLOAD,
	ERR_SSH_BAD_RECEIVE_STATE,
	ERR_SSH_DISCONNECT_PROTOCOL_ERROR,
	OK,
} from "../merrors.js";
import {
	SSH_MSG_CHANNEL_CLOSE,
	SSH_MSG_CHANNEL_DATA,
	SSH_MSG_CHANNEL_EOF,
	SSH_MSG_CHANNEL_EXTENDED_DATA,
	SSH_MSG_CHANNEL_FAILURE,
	SSH_MSG_CHANNEL_REQUEST,
	SSH_MSG_CHANNEL_SUCCESS,
	SSH_MSG_CHANNEL_WINDOW_ADJUST,
} from "../messages.js";
import type { Channel } from "./channel.js";

/** @param reader stands after the recipient channel  @returns as ConnectionProtocol.onMessage() */
export function channelMessage(channel: Channel, number: number, reader: Reader): number {
	switch (number) {
		case SSH_MSG_CHANNEL_WINDOW_ADJUST:
			return onWindowAdjust(channel, reader);
		case SSH_MSG_CHANNEL_DATA:
			return onData(channel, reader, false);
		case SSH_MSG_CHANNEL_EXTENDED_DATA:
			reader.uint32();
			return onData(channel, reader, true);
		case SSH_MSG_CHANNEL_REQUEST:
			return channel.request(reader);
		case SSH_MSG_CHANNEL_EOF:
			return onEof(channel, reader);
		case SSH_MSG_CHANNEL_CLOSE:
			return onClose(channel, reader);
		case SSH_MSG_CHANNEL_SUCCESS:
		case SSH_MSG_CHANNEL_FAILURE:
			// None of our requests asks for a reply; as OpenSSH does, one that comes all the same is let pass.
			return reader.complete ? OK : ERR_SESSION_BAD_PAYLOAD;
		default:
			return ERR_SSH_BAD_RECEIVE_STATE;
	}
}

// byte      SSH_MSG_CHANNEL_WINDOW_ADJUST
// uint32    recipient channel
// uint32    bytes to add                                (RFC 4254 section 5.2)
function onWindowAdjust(channel: Channel, reader: Reader): number {
	const count = reader.uint32();
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	// A writer that waits for this is woken by the flush() that follows each message.
	return channel.widen(count) ? OK : ERR_SSH_DISCONNECT_PROTOCOL_ERROR;
}

// byte      SSH_MSG_CHANNEL_DATA                        byte      SSH_MSG_CHANNEL_EXTENDED_DATA
// uint32    recipient channel                           uint32    recipient channel
//                                                       uint32    data_type_code
// string    data                                        string    data          (RFC 4254 section 5.2)
function onData(channel: Channel, reader: Reader, extended: boolean): number {
	const length = reader.stringLength();
	const start = reader.skip(length);
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	return channel.receive(reader.bytes, start, length, extended);
}

// byte      SSH_MSG_CHANNEL_EOF
// uint32    recipient channel                           (RFC 4254 section 5.3)
function onEof(channel: Channel, reader: Reader): number {
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	channel.receiveEof();
	return OK;
}

// byte      SSH_MSG_CHANNEL_CLOSE
// uint32    recipient channel                           (RFC 4254 section 5.3)
function onClose(channel: Channel, reader: Reader): number {
	if (!reader.complete) return ERR_SESSION_BAD_PAYLOAD;
	channel.receiveClose();
	if (channel.status < 0) return channel.status;
	channel.finish();
	return OK;
}
