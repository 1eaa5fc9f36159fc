/** Work is done one piece at a time, whoever asks, and ends with whoever asked. */

import { Credentials } from "../../src/accounts/credentials.js";
import { JobQueue, QueuedJob } from "../../src/accounts/job-queue.js";
import { asciiBytes } from "../../src/base/wire.js";
import type { Digest, HashName, Job } from "../../src/crypto/port.js";
import { MAX_PASSWORD_JOBS } from "../../src/limits.js";
import { OK } from "../../src/merrors.js";
import { assert, test } from "../harness.js";
import { testCrypto } from "../peer/crypto.js";
import { MemoryStorage } from "./fakes.js";

/** So many steps, each written down. */
class Steps implements Job<string> {
	readonly result: string;
	wiped = 0;
	private left: number;
	private readonly log: string[];

	constructor(name: string, count: number, log: string[]) {
		this.result = name;
		this.left = count;
		this.log = log;
	}

	step(): boolean {
		this.log.push(this.result);
		return --this.left === 0;
	}

	wipe(): void {
		this.wiped++;
	}
}

test("jobs run one after the other, in the order of their first steps, on the turns of all who wait", () => {
	const log: string[] = [];
	const queue = new JobQueue();
	const [a, b, c] = ["a", "b", "c"].map(name => new QueuedJob(queue, new Steps(name, 4, log)));
	assert.equal(queue.length, 0);
	let turns = 0;
	for (let left = [b, a, c]; left.length > 0; turns++) left = left.filter(job => !job.step());
	assert.equal(log.join(""), "bbbbaaaacccc");
	// 3 slices a round, as long as three wait: a turn is lost to nobody but who finds that his was done already.
	assert.equal(turns, 7);
	assert.equal(queue.length, 0);
	assert.deepEqual([a.result, b.result, c.result], ["a", "b", "c"]);
});

test("a job that is given up makes room for the next, running or waiting, and one that nobody steps is done by others", () => {
	const log: string[] = [];
	const queue = new JobQueue();
	const steps = ["a", "b", "c", "d"].map(name => new Steps(name, 2, log));
	const [a, b, c, d] = steps.map(job => new QueuedJob(queue, job));
	for (const job of [a, b, c]) job.step();
	// It has run: d enters after c.
	assert.equal(log.join(""), "aab");
	b.wipe();
	assert.equal(d.step(), false);
	c.wipe();
	c.wipe();
	assert.equal(d.step(), false);
	assert.equal(d.step(), true);
	assert.equal(log.join(""), "aabcdd");
	assert.deepEqual(
		steps.map(({ wiped }) => wiped),
		[0, 1, 2, 0],
	);
	// Who never looked at his own, while others worked on it.
	const left = new QueuedJob(queue, new Steps("x", 3, log));
	left.step();
	const after = new QueuedJob(queue, new Steps("y", 1, log));
	while (!after.step());
	assert.ok(left.step());
});

test("what a job throws is thrown at who asked for it, on whoever's turn, and the next goes on", () => {
	const queue = new JobQueue();
	const broken = {
		result: 0,
		step() {
			throw new Error("no memory");
		},
	};
	const first = new QueuedJob(queue, new Steps("a", 2, []));
	const second = new QueuedJob(queue, broken);
	const third = new QueuedJob(queue, new Steps("c", 1, []));
	first.step();
	second.step();
	assert.ok(first.step());
	// On the third one's turn the second fails.
	assert.equal(third.step(), false);
	assert.throws(() => second.step(), /no memory/);
	assert.ok(third.step());
	assert.equal(queue.length, 0);
});

/** Counts the HMAC states that there are at one time. */
class Accounts {
	readonly storage = new MemoryStorage();
	readonly deferred: (() => void)[] = [];
	readonly credentials: Credentials;
	live = 0;
	most = 0;
	macs = 0;

	constructor() {
		const hmac = (name: HashName, key: Uint8Array): Digest => {
			const digest = testCrypto.hmac(name, key);
			this.most = Math.max(this.most, ++this.live);
			return {
				length: digest.length,
				update: (bytes, offset, length) => digest.update(bytes, offset, length),
				digest: (output, offset) => {
					this.macs++;
					digest.digest(output, offset);
				},
				wipe: () => {
					this.live--;
					digest.wipe();
				},
			};
		};
		this.credentials = new Credentials({
			storage: this.storage,
			crypto: { ...testCrypto, hmac },
			random: () => OK,
			users: ["admin"],
			iterations: 64,
			sliceIterations: 8,
			defer: callback => this.deferred.push(callback),
		});
	}

	/** Runs what is deferred, and what follows from it, until nothing is. */
	async settle(): Promise<void> {
		await undefined;
		for (let callback = this.deferred.shift(); callback; callback = this.deferred.shift()) {
			callback();
			for (let turn = 0; turn < 10; turn++) await undefined;
		}
	}
}

test("ten logins at once have one HMAC between them, and each is answered", async () => {
	const accounts = new Accounts();
	const { credentials } = accounts;
	const set = credentials.setPassword("admin", "secret");
	await accounts.settle();
	assert.equal(await set, undefined);
	accounts.macs = accounts.most = 0;
	const passwords = Array.from({ length: 10 }, (_, at) => asciiBytes(at === 7 ? "secret" : `wrong ${at}`));
	const jobs = passwords.map(password => credentials.password("admin", password));
	const right: number[] = [];
	const left = new Set(jobs.keys());
	let rounds = 0;
	while (left.size > 0) {
		rounds++;
		for (const at of left) {
			if (!jobs[at].step()) continue;
			left.delete(at);
			if (jobs[at].result) right.push(at);
		}
	}
	assert.deepEqual(right, [7]);
	assert.equal(accounts.most, 1);
	assert.equal(accounts.live, 0);
	assert.equal(accounts.macs, 10 * 64);
	// The last waits no longer than if each had its turns in turn: 8 slices a job, in rounds of as many as are left.
	assert.ok(rounds <= 8 * 10, String(rounds));
});

test("a command's check is given up with the command, before its turn and in the midst of it", async () => {
	for (const slices of [0, 1, 5]) {
		const accounts = new Accounts();
		const asker = { cancelled: false };
		const checked = accounts.credentials.checkPassword("admin", "secret", asker);
		await undefined;
		for (let slice = 0; slice < slices; slice++) accounts.deferred.shift()?.();
		const { macs } = accounts;
		asker.cancelled = true;
		await accounts.settle();
		assert.equal(typeof (await checked), "string");
		assert.equal(accounts.macs, macs, "nothing was worked on after that");
		assert.equal(accounts.live, 0);
		// And the next one's turn has come.
		const next = accounts.credentials.setPassword("admin", "other", { cancelled: false });
		await accounts.settle();
		assert.equal(await next, undefined);
	}
});

test("a new password is not stored for a command that is over", async () => {
	const accounts = new Accounts();
	const asker = { cancelled: false };
	const set = accounts.credentials.setPassword("admin", "secret", asker);
	await undefined;
	accounts.deferred.shift()?.();
	asker.cancelled = true;
	await accounts.settle();
	assert.equal(await set, "given up");
	assert.equal(accounts.storage.files.size, 0);
});

test("MAX_PASSWORD_JOBS: of the checks of commands so many wait, and logins wait all the same", async () => {
	const accounts = new Accounts();
	const { credentials } = accounts;
	const asker = { cancelled: false };
	const checks = Array.from({ length: MAX_PASSWORD_JOBS + 3 }, () =>
		credentials.checkPassword("admin", "x", asker),
	);
	for (let turn = 0; turn < 10; turn++) await undefined;
	const login = credentials.password("admin", asciiBytes("x"));
	let steps = 0;
	while (!login.step()) steps++;
	assert.ok(steps > 0);
	await accounts.settle();
	const answers = await Promise.all(checks);
	assert.deepEqual(
		answers.map(answer => typeof answer),
		[...Array(MAX_PASSWORD_JOBS).fill("boolean"), ...Array(3).fill("string")],
	);
});
