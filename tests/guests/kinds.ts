/**
 * Kinds of guests: those who have a key with limits, and those who have none. Each takes all that it can get, within
 * the protocol, and asks for it again; what it does, in what order, comes from its dice.
 */
import { DEVICE_LIMITS } from "../../src/limits.js";
import { SSH_MSG_USERAUTH_FAILURE } from "../../src/messages.js";
import type { ClientChannel } from "../peer/channel.js";
import { passwordRequest } from "../peer/identity.js";
import { bytesOf } from "../peer/wire.js";
import type { Visit } from "./visit.js";

/** What a guest does on one connection, until that ends or it has enough. */
export type Kind = (visit: Visit) => Promise<void>;

const { channels: CHANNELS, initialWindowSize: WINDOW, environmentVariables } = DEVICE_LIMITS;
/** How often a guest goes on on one connection, at the most. */
const ROUNDS = 40;
/** Milliseconds that a guest holds what it has, at the most. */
const HOLD = 1_500;

/** More variables than are taken, and longer ones. */
function setVariables(visit: Visit, channel: ClientChannel): void {
	const length = visit.pick([8, 60, 255]);
	for (let i = 0; i <= environmentVariables; i++) {
		const name = `LC_${i}`.padEnd(length / 2, "N");
		channel.request("env", visit.oneIn(2), name, "v".repeat(length / 2));
	}
}

function takeTerminal(channel: ClientChannel): void {
	const modes = new Uint8Array(DEVICE_LIMITS.terminalModesLength);
	// TTY_OP_ISPEED, as often as there is room; TTY_OP_END.
	for (let at = 0; at + 5 < modes.length; at += 5) modes[at] = 128;
	channel.request("pty-req", true, "x".repeat(DEVICE_LIMITS.terminalTypeLength), 500, 500, 0, 0, modes);
}

async function closeAll(visit: Visit, channels: readonly ClientChannel[]): Promise<void> {
	for (const channel of channels) channel.close();
	if (visit.oneIn(4)) return;
	await visit.guest.until(() => channels.every(({ closed }) => closed));
}

/** Opens all of its channels, and closes and opens them again. */
async function inRounds(visit: Visit, use: (channel: ClientChannel) => void): Promise<void> {
	const { guest } = visit;
	for (let round = visit.dice.below(ROUNDS); round >= 0 && !guest.over; round--) {
		const channels = await visit.open(CHANNELS + visit.dice.below(2), visit.pick([0, 1, 1 << 20]));
		if (channels.length === 0) await visit.pause(HOLD / 5);
		for (const channel of channels) {
			channel.adjusts = visit.oneIn(2);
			use(channel);
		}
		if (visit.oneIn(3)) await guest.ping();
		if (visit.oneIn(3)) await visit.pause(HOLD);
		await closeAll(visit, channels);
		visit.countAnswers(channels);
		visit.forget();
	}
}

/** A key with a forced command: channels with that, whatever it asks for, and more data than is read. */
const forced: Kind = async visit => {
	if (!(await visit.login(visit.identities.forced))) return;
	await inRounds(visit, channel => {
		const start = visit.dice.below(5);
		if (start === 0) return;
		if (start === 1) channel.request("shell", true);
		else channel.request("exec", true, "x".repeat(1 + visit.dice.below(DEVICE_LIMITS.commandLength)));
		if (visit.oneIn(2)) channel.write(new Uint8Array(visit.dice.below(3 * WINDOW)));
		if (visit.oneIn(4)) channel.end();
	});
};

/** The same key: all that the server stores for a channel, on each of them. */
const storing: Kind = async visit => {
	if (!(await visit.login(visit.identities.forced))) return;
	await inRounds(visit, channel => {
		setVariables(visit, channel);
		takeTerminal(channel);
		channel.write(new Uint8Array(WINDOW));
		if (visit.oneIn(2)) channel.request("exec", true, "cat");
		channel.write(new Uint8Array(WINDOW));
	});
};

const COMMANDS: readonly string[] = Object.freeze([
	...["help", "log", "keys list", "env", "free", "uptime", "who", "sleep 60", "cat", "stty size", "hostkey"],
	...["echo a; echo b; echo c", "cat; cat; cat; cat", "no such command", "'", "passwd", "keys add"],
]);

/** A key with limits but without a forced command: commands and terminals. */
const limited: Kind = async visit => {
	const { limited: operator, viewer } = visit.identities;
	if (!(await visit.login(visit.pick([operator, viewer])))) return;
	await inRounds(visit, channel => {
		if (visit.oneIn(2)) takeTerminal(channel);
		if (visit.oneIn(4)) setVariables(visit, channel);
		if (visit.oneIn(3)) {
			channel.request("shell", true);
			for (let i = visit.dice.below(8); i > 0; i--) channel.write(`${visit.pick(COMMANDS)}\r`);
		} else channel.request("exec", true, visit.pick(COMMANDS));
		if (visit.oneIn(3)) channel.write("x".repeat(visit.dice.below(3 * WINDOW)));
	});
};

/** Commands that say much, to somebody who reads nothing of it. */
const deaf: Kind = async visit => {
	if (!(await visit.login(visit.identities.limited))) return;
	await inRounds(visit, channel => {
		channel.adjusts = false;
		channel.request("exec", true, visit.pick(["help; help; help", "log; log; log", "env; help; log"]));
	});
	visit.guest.socket.pause();
	await visit.pause(2 * HOLD);
};

/** Passwords that are to be checked, on channels that close meanwhile. */
const checks: Kind = async visit => {
	if (!(await visit.login(visit.identities.limited))) return;
	const { guest } = visit;
	for (let round = visit.dice.below(ROUNDS); round >= 0 && !guest.over; round--) {
		const channels = await visit.open(CHANNELS, 1 << 20);
		for (const channel of channels) {
			channel.request("exec", true, "passwd");
			channel.write(visit.oneIn(2) ? "wrong\n" : `${"w".repeat(visit.dice.below(400))}\n`);
		}
		await guest.until(() => channels.every(({ answers, closed }) => closed || answers.length > 0));
		visit.countAnswers(channels);
		if (visit.oneIn(3)) await visit.pause(HOLD);
		await closeAll(visit, channels);
		visit.forget();
	}
};

/** Keys exchanged anew, again and again, with channels that hold something. */
const rekeying: Kind = async visit => {
	if (!(await visit.login(visit.identities.forced))) return;
	const { guest } = visit;
	const channels = await visit.open(visit.dice.below(CHANNELS + 1), 0);
	for (const channel of channels) {
		channel.request("exec", true, "cat");
		channel.write(new Uint8Array(visit.dice.below(2 * WINDOW)));
	}
	for (let round = visit.dice.below(ROUNDS); round >= 0 && !guest.over; round--) {
		visit.tally.count((await guest.rekey()) ? "re-keys granted" : "re-keys refused");
		for (const channel of channels) if (visit.oneIn(3)) channel.request("window-change", true, 9, 9, 0, 0);
		visit.forget();
	}
	visit.countAnswers(channels);
};

/** Many more channels than there may be. */
const opening: Kind = async visit => {
	if (!(await visit.login(visit.identities.forced))) return;
	const { guest } = visit;
	for (let round = visit.dice.below(ROUNDS / 4); round >= 0 && !guest.over; round--) {
		const channels = await visit.open(20 + visit.dice.below(100), 1 << 20);
		await closeAll(visit, channels);
		visit.forget();
	}
};

/** No key at all: a part of a key exchange, and then nothing more, or garbage. */
const stranger: Kind = async visit => {
	const { guest, dice } = visit;
	const { socket } = guest;
	const way = dice.below(6);
	visit.tally.count(`strangers of kind ${way}`);
	if (way === 0) socket.write("SSH-2.0-half");
	else if (way === 1) socket.write(`${"x".repeat(4_000)}\r\n`);
	else if (way === 2) {
		guest.client.start();
		socket.write(new Uint8Array(100 + dice.below(4_000)).fill(0xff));
	} else if (await guest.exchange()) {
		visit.tally.count("strangers' key exchanges");
		// A packet that never becomes whole takes its buffer.
		if (way === 4) socket.write(guest.client.outgoing.seal(bytesOf("x".repeat(2_000))).subarray(0, 1_900));
		if (way === 5) await guest.rekey();
	} else visit.tally.count("strangers turned away");
	await visit.pause(4 * HOLD);
};

/** Guesses passwords. */
const guessing: Kind = async visit => {
	const { guest, identities, tally } = visit;
	if (!(await guest.exchange())) {
		tally.count("guessers turned away");
		return;
	}
	const { client } = guest;
	while (!guest.over) {
		const before = client.heard.filter(name => name === "USERAUTH_FAILURE").length;
		const guess = "w".repeat(1 + visit.dice.below(255));
		const user = visit.oneIn(2) ? identities.user : "nobody";
		if (before === 0) {
			if (await guest.authenticate(() => passwordRequest(user, guess), SSH_MSG_USERAUTH_FAILURE))
				tally.count("wrong passwords");
		} else {
			client.send(passwordRequest(user, guess));
			const isAnswered = () => client.heard.filter(name => name === "USERAUTH_FAILURE").length > before;
			if (await guest.until(isAnswered)) tally.count("wrong passwords");
		}
		if (visit.oneIn(3)) await visit.pause(HOLD);
	}
};

/** What a session keeps besides what a client has sent it: the words of a line, lines that are not whole, what is typed ahead. */
const keeping: Kind = async visit => {
	if (!(await visit.login(visit.identities.limited))) return;
	await inRounds(visit, channel => {
		const way = visit.dice.below(5);
		// Nobody reads what they say, so that they wait with what they have.
		if (way < 2) channel.adjusts = false;
		if (way === 0) {
			for (const name of ["LC_A", "LC_B"]) channel.request("env", false, name, "v".repeat(240));
			channel.request(
				"exec",
				true,
				`echo ${"$LC_A$LC_B ".repeat(50).slice(0, DEVICE_LIMITS.commandLength - 7)}`,
			);
		} else if (way === 1) {
			const command = visit.pick(["echo ", "sleep ", "ps ", "\x01"]);
			channel.request("exec", true, `${command}${"a ".repeat(250)}`);
		} else if (way === 2) {
			channel.request("shell", true);
			for (let i = 0; i < 8; i++) channel.write("w".repeat(1_000));
		} else {
			takeTerminal(channel);
			channel.request("shell", true);
			if (way === 3) channel.write("sleep 60\r");
			for (let i = 0; i < 4; i++)
				channel.write((way === 3 ? "\r" : "w").repeat(visit.pick([200, 300, 1_000])));
		}
	});
};

/** Commands that read a file, hash what stands in it and show little of it, one after the other, from many sessions. */
const listing: Kind = async visit => {
	if (!(await visit.login(visit.identities.limited))) return;
	await inRounds(visit, channel => {
		channel.request("exec", true, Array.from({ length: 45 }, () => "keys list").join(";"));
	});
};

/** One channel at a time, one command, and what it says is read: who does no harm is to be served. */
const polite: Kind = async visit => {
	if (!(await visit.login(visit.identities.forced))) return;
	const { guest, tally } = visit;
	while (!guest.over) {
		const [channel] = await visit.open(1, 1 << 20);
		if (channel === undefined) return;
		channel.request("exec", true, "whatever");
		channel.write("served");
		channel.end();
		await guest.until(() => channel.closed || channel.answers[0] === false);
		if (channel.text === "served" && channel.exitStatus === 0) tally.count("commands served");
		visit.countAnswers([channel]);
		visit.forget();
		channel.close();
	}
};

const ALONE = {
	forced,
	storing,
	limited,
	keeping,
	listing,
	deaf,
	checks,
	rekeying,
	opening,
	stranger,
	guessing,
};

/** Each connection another of them. */
const mixed: Kind = visit => visit.pick(Object.values(ALONE))(visit);

export const KINDS = Object.freeze({ ...ALONE, mixed, polite });
export type KindName = keyof typeof KINDS;
