/** SSH_MSG_EXT_INFO (RFC 8308), which goes as the first message under the new keys to a client that asks for it. */

import { SSH_MSG_EXT_INFO } from "../messages.js";
import type { MessageSender } from "./sender.js";

/**
 * Section 2.3:
 *
 *     byte       SSH_MSG_EXT_INFO
 *     uint32     nr-extensions
 *     string     extension-name, string extension-value, repeated
 */
export function sendExtInfo(sender: MessageSender, signatureAlgorithms: readonly string[]): number {
	sender
		.begin(SSH_MSG_EXT_INFO)
		.uint32(2)
		.ascii("server-sig-algs")
		.ascii(signatureAlgorithms.join(","))
		.ascii("ping@openssh.com")
		.ascii("0");
	return sender.end();
}
