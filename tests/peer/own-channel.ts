/**
 * A channel that the server opens itself. The protocol takes the client's answers; what asks belongs to the capability that
 * comes first, and is here until then: on the Moddable SDK a module that nothing loads takes flash all the same.
 */
import { Channel } from "../../src/connection/channel.js";
import type { ConnectionProtocol } from "../../src/connection/connection.js";
import type { Opening } from "../../src/connection/opening.js";
import { COST_CHANNEL } from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import { SSH_MSG_CHANNEL_OPEN } from "../../src/messages.js";

/** A stream, and nothing on top of it. */
class OwnChannel extends Channel {
	request(): number {
		return OK;
	}
}

// byte      SSH_MSG_CHANNEL_OPEN
// string    channel type in US-ASCII only
// uint32    sender channel
// uint32    initial window size
// uint32    maximum packet size
// ....      channel type specific data follows      (RFC 4254 section 5.1)
/**
 * Asks the client for a channel. Until the client has confirmed it, write() takes nothing, and onWritable tells when it
 * does. When the client refuses it, onClose is all that comes.
 *
 * @param data channel type specific data  @param make the channel, of the class that the type asks for
 * @returns the channel; undefined when there is no number, no memory, or no room for the message now
 */
function openChannel(
	protocol: ConnectionProtocol,
	type: string,
	data: Uint8Array,
	make: (opening: Opening) => Channel,
): Channel | undefined {
	const { host } = protocol;
	const { sender, limits } = host;
	const opening = protocol.opening();
	const length = 1 + 4 + type.length + 4 + 4 + 4 + data.length;
	if (opening.channel < 0 || sender.room() < length) return undefined;
	if (!host.grants(COST_CHANNEL, limits.initialWindowSize)) return undefined;
	const channel = make(opening);
	protocol.take(channel);
	const writer = sender.begin(SSH_MSG_CHANNEL_OPEN).ascii(type).uint32(opening.channel);
	writer.uint32(limits.initialWindowSize).uint32(limits.maximumPacketSize).raw(data);
	channel.status = Math.min(OK, sender.end());
	return channel;
}

/** Asks for it; undefined when that is not possible now. */
export function openOwn(
	protocol: ConnectionProtocol,
	data: Uint8Array = new Uint8Array(0),
): Channel | undefined {
	return openChannel(protocol, "test@example.com", data, opening => new OwnChannel(opening));
}
