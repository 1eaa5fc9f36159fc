/** Every target by its name: that of its file here, and of its folder in the corpus. */
import * as authorizedKeys from "./authorized-keys.js";
import * as channels from "./channels.js";
import * as handshake from "./handshake.js";
import * as lineEditor from "./line-editor.js";
import * as opensshKey from "./openssh-key.js";
import * as protectedTransport from "./protected.js";
import * as terminal from "./terminal.js";
import * as tokenizer from "./tokenizer.js";
import * as userauth from "./userauth.js";
import * as wire from "./wire.js";

export type Fuzz = (data: Uint8Array) => void | Promise<void>;

export const TARGETS: Readonly<Record<string, Fuzz>> = Object.freeze({
	wire: wire.fuzz,
	handshake: handshake.fuzz,
	protected: protectedTransport.fuzz,
	userauth: userauth.fuzz,
	channels: channels.fuzz,
	"authorized-keys": authorizedKeys.fuzz,
	"line-editor": lineEditor.fuzz,
	terminal: terminal.fuzz,
	tokenizer: tokenizer.fuzz,
	"openssh-key": opensshKey.fuzz,
});
