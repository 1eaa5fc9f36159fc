/** What the tests of the integer API share: a place with a listener, and clients that call. */
import { createSimHal, type LinkOptions, type SimHal, SimRandom } from "../../hal/sim/index.js";
import { OK, SSH_shutdown, SSH_sshSettings, type SSHSettings } from "../../src/nanossh/ssh.js";
import { type ClientOptions, TestClient } from "../peer/client.js";
import { testCrypto } from "../peer/crypto.js";
import { authenticator, hostKey, PORT } from "../peer/place.js";

export class Loop {
	readonly hal: SimHal = createSimHal();
	readonly listener: number;

	private constructor() {
		this.listener = this.hal.listen("0.0.0.0", PORT, () => {});
	}

	/** A server not yet initialized, whatever the test before has left. */
	static async begin(settings: Partial<SSHSettings> = {}): Promise<Loop> {
		await SSH_shutdown();
		const loop = new Loop();
		const random = new SimRandom(11);
		loop.hal.random = bytes => {
			random.fill(bytes);
			return OK;
		};
		const { hal } = loop;
		SSH_sshSettings({ hal, crypto: testCrypto, hostKeys: [hostKey()], authenticator, ...settings });
		return loop;
	}

	/** A client, and the server's socket of it. */
	dial(options: ClientOptions = {}, link: LinkOptions = {}): { client: TestClient; socket: number } {
		const client = new TestClient(this.hal.connect(PORT, link), () => this.run(), options);
		return { client, socket: this.hal.accept(this.listener) };
	}

	run(): void {
		this.hal.network.runUntilIdle();
	}

	pass(milliseconds: number): void {
		this.hal.network.advance(milliseconds);
	}
}
