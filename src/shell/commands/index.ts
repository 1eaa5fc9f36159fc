/** The commands that every shell has. */
import type { Command } from "../registry.js";
import { ACCOUNTS } from "./accounts.js";
import { BASIC } from "./basic.js";
import { CONNECTIONS } from "./connections.js";
import { SYSTEM } from "./system.js";

export const BUILTINS: readonly Command[] = Object.freeze(BASIC.concat(SYSTEM, CONNECTIONS, ACCOUNTS));
