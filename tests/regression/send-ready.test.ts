/** SSH_sendReady resolves whenever bytes are taken again, whatever has happened between the last write and the wait. */
import { SSH_MSG_KEX_ECDH_INIT } from "../../src/messages.js";
import {
	OK,
	SSH_acceptConnection,
	SSH_init,
	SSH_negotiateConnection,
	SSH_sendMessage,
	SSH_sendReady,
} from "../../src/nanossh/ssh.js";
import { assert, test } from "../harness.js";
import type { ClientChannel } from "../peer/channel.js";
import type { ClientOptions, TestClient } from "../peer/client.js";
import { Loop } from "../ssh-api/loop.js";

interface Shell {
	readonly loop: Loop;
	readonly client: TestClient;
	readonly channel: ClientChannel;
	readonly handle: number;
}

async function shell(window: number, options: ClientOptions = {}): Promise<Shell> {
	const loop = await Loop.begin();
	assert.equal(SSH_init(1), OK);
	const { client, socket } = loop.dial(options);
	const handle = SSH_acceptConnection(socket);
	const negotiated = SSH_negotiateConnection(handle);
	const channel = client.login().open(window);
	assert.equal(await negotiated, OK);
	channel.adjusts = false;
	channel.request("shell", false);
	loop.run();
	return { loop, client, channel, handle };
}

function send(handle: number, count: number): number {
	const sent = { value: -1 };
	assert.equal(SSH_sendMessage(handle, new Uint8Array(count), count, sent), OK);
	return sent.value;
}

/** Waits for the client to have done its part; the promise of SSH_sendReady has settled by then, or never will. */
async function readyAfter(loop: Loop, handle: number, act: () => void): Promise<number> {
	let ready = 1;
	SSH_sendReady(handle).then(status => {
		ready = status;
	});
	act();
	loop.run();
	await loop.hal.network.settle();
	return ready;
}

test("behind a write that filled the window to the last byte", async () => {
	const { loop, channel, handle } = await shell(100);
	assert.equal(send(handle, 100), 100);
	assert.equal(await readyAfter(loop, handle, () => channel.adjust(50)), OK);
	assert.equal(send(handle, 100), 50);
});

test("where the window has opened before the wait, and a key exchange has shut it again", async () => {
	const { loop, client, channel, handle } = await shell(100, {
		stopBefore: SSH_MSG_KEX_ECDH_INIT,
		stopIn: 1,
	});
	assert.equal(send(handle, 101), 100);
	channel.adjust(50);
	loop.run();
	client.rekey();
	loop.run();
	assert.equal(await readyAfter(loop, handle, () => client.go()), OK);
	assert.equal(send(handle, 100), 50);
});
