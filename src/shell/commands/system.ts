/** The device and its time. */
import { printable } from "../../base/utf8.js";
import { type Command, type Context, failure, report, usageError } from "../registry.js";
import { clockTime, duration } from "./duration.js";

const DAYS: readonly string[] = Object.freeze(["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]);
const MONTHS: readonly string[] = Object.freeze(
	["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], // by number from 0
);

/** What has not reached the client when the device restarts never will. */
const REBOOT_DELAY = 250;

export const uptime: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report("uptime", "tell how long the device has been up", ({ device, startTime }) => {
		const up = duration(device.hal.now() - startTime);
		const count = device.server.connections().length;
		return `up ${up}, ${count} ${count === 1 ? "connection" : "connections"}\n`;
	}),
);

export const date: Command = Object.freeze({
	name: "date",
	summary: "show date and time, in UTC",
	usage: "date",
	role: "viewer",
	async run(context: Context) {
		if (context.args.length > 0) return usageError(context, date);
		const seconds = context.device.hal.date();
		if (seconds <= 0) return failure(context, "the device does not know the date");
		await context.stdout.write(`${formatDate(seconds)}\n`);
		return 0;
	},
});

export const version: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report(
		"version",
		"show the firmware's version",
		({ device }) => `${printable(device.firmware)}\n`,
	),
);

export const free: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report("free", "show the engine's memory, in bytes", ({ device }) => {
		const { total, used } = device.hal.memory();
		const left = total > 0 && used > 0 ? total - used : 0;
		return (
			`${"total".padStart(12)}${"used".padStart(12)}${"free".padStart(12)}\n` +
			`${figure(total)}${figure(used)}${figure(left)}\n`
		);
	}),
);

export const hostname: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report(
		"hostname",
		"show the device's name",
		({ device }) => `${printable(device.hostname)}\n`,
	),
);

export const hostkey: Command = /* @__PURE__ */ Object.freeze(
	/* @__PURE__ */ report("hostkey", "show the fingerprints of the device's host keys", ({ device }) => {
		let text = "";
		device.server.hostKeyFingerprints().forEach(fingerprint => {
			text += `${fingerprint}\n`;
		});
		return text;
	}),
);

export const reboot: Command = Object.freeze({
	name: "reboot",
	summary: "restart the device",
	usage: "reboot",
	role: "admin",
	async run(context: Context) {
		if (context.args.length > 0) return usageError(context, reboot);
		await context.stderr.write("restarting\n");
		await context.sleep(REBOOT_DELAY);
		context.device.server.guard.record("reboot", context.session, "");
		return context.device.hal.reboot() < 0 ? failure(context, "this device cannot restart itself") : 0;
	},
});

/** What an engine does not tell is 0. */
function figure(bytes: number): string {
	return (bytes > 0 ? String(bytes) : "-").padStart(12);
}

/** "Sun Nov 22 13:47:28 UTC 2026", as date(1) has it. @param seconds since 1970-01-01T00:00Z */
export function formatDate(seconds: number): string {
	const days = Math.floor(seconds / 86400);
	// Gregorian years of 400 are alike; a year that begins in March has its leap day at the end.
	const shifted = days + 719468;
	const era = Math.floor(shifted / 146097);
	const ofEra = shifted - era * 146097;
	const yearOfEra = Math.floor(
		(ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365,
	);
	const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
	const fromMarch = Math.floor((5 * ofYear + 2) / 153);
	const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
	const month = (fromMarch + 2) % 12;
	const year = yearOfEra + era * 400 + (month < 2 ? 1 : 0);
	const dayText = day < 10 ? ` ${day}` : String(day);
	return `${DAYS[days % 7]} ${MONTHS[month]} ${dayText} ${clockTime(Math.floor(seconds) % 86400)} UTC ${year}`;
}

export const SYSTEM: readonly Command[] = Object.freeze([
	uptime,
	date,
	version,
	free,
	hostname,
	hostkey,
	reboot,
]);
