/**
 * Guests of every kind on the SDK's own XS, in a heap of an ESP32-C6's size, which ends the machine when it is full: nobody
 * may fill it, and the owner is served all the while. `npm run test:moddable`.
 */
import { before, describe } from "node:test";
import { authorize } from "../guests/fortress.js";
import { guestsSuite } from "../guests/suite.js";
import { type App, build, skip, startDevice } from "./sdk.js";

describe("guests, on the SDK", { skip, timeout: 10 * 3_600_000 }, () => {
	let app: App;
	before(async () => {
		app = await build("tests/moddable/apps/guests", "release");
	});
	guestsSuite(() => startDevice(app, async () => undefined, authorize));
});
