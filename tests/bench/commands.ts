/** What a channel and a command take of a device's heap, on the XS board. */
import type { ClientChannel } from "../peer/channel.js";
import { type Board, bytesOf, difference, type Heap } from "./board.js";
import { Guest } from "./guest.js";
import type { Figures } from "./lane.js";

/** Of one connection: a channel more, and a `cat` that begins on it, at each state that it can be left in. */
interface Commands {
	readonly channel: Heap;
	/** `cat` waits for input; without a pty, and on one. */
	readonly started: Heap;
	readonly onTerminal: Heap;
	/** The client has sent all that it may, and lets nothing more be sent. */
	readonly unread: Heap;
}

/** Each is measured on a channel of its own, beyond what that channel took when it was open. */
async function statesOf(board: Board): Promise<Commands> {
	const guest = await Guest.visit(board.port);
	if (!guest) throw new Error("no login in a large heap");
	// What the connection keeps for all of its channels is there from the first one on.
	const warm = await mustOpen(guest);
	await mustRun(guest, warm, "cat", true);
	warm.write("\x04");
	await guest.until(() => warm.closed);
	const before = await board.idleHeap();
	const plain = await mustOpen(guest);
	const open = await board.idleHeap();
	await mustRun(guest, plain, "cat");
	const started = await board.idleHeap();
	const typed = await mustOpen(guest);
	const openAgain = await board.idleHeap();
	await mustRun(guest, typed, "cat", true);
	const onTerminal = await board.idleHeap();
	const deaf = await mustOpen(guest, UNREAD_WINDOW);
	deaf.adjusts = false;
	const openDeaf = await board.idleHeap();
	await mustRun(guest, deaf, "cat");
	await fillWindows(guest, deaf);
	const unread = await board.idleHeap();
	await guest.leave();
	return {
		channel: difference(before, open),
		started: difference(open, started),
		onTerminal: difference(openAgain, onTerminal),
		unread: difference(openDeaf, unread),
	};
}

/** What a client lets be sent that then reads nothing. */
const UNREAD_WINDOW = 512;

/** Sends more than the server takes, and reads none of it: until nothing moves. */
async function fillWindows(guest: Guest, channel: ClientChannel): Promise<void> {
	channel.write("x".repeat(1 << 16));
	let unsent = -1;
	while (unsent !== channel.unsent || channel.window > 0) {
		unsent = channel.unsent;
		await guest.ping();
	}
}

async function mustOpen(guest: Guest, window?: number): Promise<ClientChannel> {
	const channel = await guest.open(window);
	if (!channel) throw new Error("no channel in a large heap");
	return channel;
}

async function mustRun(guest: Guest, channel: ClientChannel, command: string, pty = false): Promise<void> {
	if (!(await guest.exec(channel, command, pty))) throw new Error(`${command} is refused in a large heap`);
}

export async function commandFigures(board: Board): Promise<Figures> {
	const { channel, started, onTerminal, unread } = await statesOf(board);
	return {
		"xs32.channel.bytes": bytesOf(channel),
		"xs32.channel.bytes.slots": channel.slots,
		"xs32.command.startBytes": bytesOf(started),
		"xs32.command.startBytes.slots": started.slots,
		"xs32.command.startBytes.chunks": started.chunkBytes,
		"xs32.command.terminalBytes": bytesOf(onTerminal),
		"xs32.command.terminalBytes.slots": onTerminal.slots,
		"xs32.command.terminalBytes.chunks": onTerminal.chunkBytes,
		"xs32.command.unreadBytes": bytesOf(unread),
		"xs32.command.unreadBytes.slots": unread.slots,
		"xs32.command.unreadBytes.chunks": unread.chunkBytes,
	};
}
