/** What onAuthenticate grants holds for each method: a Permit restricts a login by password as it does one by key. */
import { SSH_MSG_USERAUTH_INFO_RESPONSE, SSH_MSG_USERAUTH_REQUEST } from "../../src/messages.js";
import type { MethodName, Permit } from "../../src/userauth/authenticator.js";
import { CallbackAuthenticator } from "../../src/userauth/callback-authenticator.js";
import { assert, test } from "../harness.js";
import type { TestClient } from "../peer/client.js";
import { Place } from "../peer/place.js";
import { message } from "../peer/wire.js";

const METHODS: readonly MethodName[] = ["password", "keyboard-interactive"];

/** Promises of the server's are settled once the test has waited for one of its own. */
async function settle(place: Place): Promise<void> {
	for (let turn = 0; turn < 8; turn++) {
		place.run();
		await Promise.resolve();
	}
	place.run();
}

async function logIn(place: Place, method: MethodName): Promise<TestClient> {
	const client = place.client().start().requestAuthentication();
	if (method === "password") client.password("admin", "secret");
	else {
		client.send(message(SSH_MSG_USERAUTH_REQUEST, "admin", "ssh-connection", method, "", ""));
		await settle(place);
		client.send(message(SSH_MSG_USERAUTH_INFO_RESPONSE, 1, "secret"));
	}
	await settle(place);
	return client;
}

test("a forced command and a refused pty hold for a login by password", async () => {
	const permit: Permit = { pty: false, command: "menu", fingerprint: "" };
	for (const method of METHODS) {
		const commands: string[] = [];
		const place = new Place({
			authenticator: new CallbackAuthenticator(METHODS, () => permit),
			onSession: session => {
				commands.push(`${session.command} for ${session.originalCommand}`);
				session.exit(0);
			},
		});
		const client = await logIn(place, method);
		const channel = client.open();
		channel.request("pty-req", true, "xterm", 80, 24, 0, 0, "");
		channel.request("exec", true, "reboot");
		place.run();
		assert.deepEqual(channel.answers, [false, true]);
		assert.deepEqual(commands, ["menu for reboot"]);
	}
});

test("what is neither true nor a Permit lets nobody in", async () => {
	for (const method of METHODS) {
		for (const answer of [{ ok: false }, {}, null, undefined, 1, "yes"]) {
			const callback = () => answer as unknown as boolean;
			const place = new Place({ authenticator: new CallbackAuthenticator(METHODS, callback) });
			const client = await logIn(place, method);
			assert.ok(!client.heard.includes("USERAUTH_SUCCESS"), `${method}: ${JSON.stringify(answer)}`);
			assert.ok(client.heard.includes("USERAUTH_FAILURE"));
		}
	}
});
