import type { Writer } from "../base/wire.js";

/** What the layers above the transport ask of it. */
export interface MessageSender {
	/**
	 * Starts a message: its number is written, the rest follows through the Writer, end() sends it. While a key
	 * exchange forbids sending (RFC 4253 section 7.1) the message is held back and goes out after our NEWKEYS.
	 */
	begin(message: number): Writer;

	/** Sends what begin() started. OK; below zero where it did not fit, which ends the connection. */
	end(): number;

	/**
	 * Bytes of payload that a message may have now which can wait, its number included; 0 during a key exchange, when
	 * the send buffer has no room beyond what replies are promised, and when this step has encrypted its share.
	 */
	room(): number;
}
