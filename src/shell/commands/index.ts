/** The commands that every Shell has. */
import type { Command } from "../registry.js";
import { BASIC } from "./basic.js";
import { CONNECTIONS } from "./connections.js";
import { KEYS } from "./keys.js";
import { EVENTS } from "./log.js";
import { PASSWORDS } from "./passwd.js";
import { SYSTEM } from "./system.js";

// Marked as pure, so that a bundle without it leaves it out.
export const BUILTINS: readonly Command[] = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ BASIC.concat(SYSTEM, CONNECTIONS, EVENTS, KEYS, PASSWORDS),
);
