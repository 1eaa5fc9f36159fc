/** Whether a user may log in with a key. */
import type { Storage } from "../../hal/hal.js";
import type { Role } from "../base/roles.js";
import type { Crypto, Job } from "../crypto/port.js";
import { fingerprint } from "../keys/host-key.js";
import type { AuthContext, Permit } from "../userauth/authenticator.js";
import { type AuthorizedKey, admitsLogin, roleOfKey } from "./authorized-keys.js";
import { KeyFile, KeySearch } from "./key-file.js";

/**
 * Every user's file is searched, a file a step, and then one line parsed, whoever asks and wherever the key is: there is nothing to
 * tell users apart by.
 */
export class KeyQuery implements Job<Permit | undefined> {
	result: Permit | undefined = undefined;
	private readonly crypto: Crypto;
	private readonly storage: Storage;
	private readonly users: readonly string[];
	private readonly user: string;
	private readonly role: Role;
	private readonly blob: Uint8Array;
	private readonly context: AuthContext;
	/** Holds the file that the key was found in: undefined when that was looked at. */
	private search: KeySearch | undefined;
	/** Files that were searched. */
	private done = 0;
	private found: AuthorizedKey | undefined = undefined;

	/** @param user who asks, of the `users` or not  @param role what this user may do at most */
	constructor(
		crypto: Crypto,
		storage: Storage,
		users: readonly string[],
		user: string,
		role: Role,
		blob: Uint8Array,
		context: AuthContext,
	) {
		this.crypto = crypto;
		this.storage = storage;
		this.users = users;
		this.user = user;
		this.role = role;
		this.blob = blob;
		this.context = context;
		this.search = new KeySearch(blob);
	}

	step(): boolean {
		const { blob, done, found, search, users } = this;
		if (search) {
			if (done === users.length) {
				this.found = search.first(line => admitsLogin(line, this.context));
				this.search = undefined;
			} else {
				const lines = new KeyFile(this.storage, users[done]).linesWith(search.wanted);
				if (users[done] === this.user) search.lines = lines;
			}
			this.done++;
			return false;
		}
		if (found) {
			const { pty, command, limited } = found;
			const role = roleOfKey(found, this.role);
			this.result = { pty, command, limited, role, fingerprint: fingerprint(this.crypto, blob) };
		}
		return true;
	}
}
