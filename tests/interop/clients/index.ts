/** Every client that the tests drive. */
import type { Client } from "./client.js";
import { dropbear } from "./dropbear.js";
import { openssh } from "./openssh.js";
import { plink } from "./plink.js";
import { asyncssh, paramiko } from "./python.js";
import { ssh2Client } from "./ssh2.js";

export const CLIENTS: readonly Client[] = [openssh, plink, dropbear, ssh2Client, paramiko, asyncssh];
