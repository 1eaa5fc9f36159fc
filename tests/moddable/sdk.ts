/** Apps of the Moddable SDK: built by its mcconfig for Linux, and run without a screen. Nothing of the SDK is kept. */
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { ROOT } from "../architecture/tree.js";
import { installed, makeKeys, makeStrangeKey, type Target } from "../interop/harness.js";
import { Running, run, succeed } from "../process.js";

/** How a build may take under a tsc for each module, on a machine with other work. */
const BUILD_LIMIT = 45 * 60_000;
const START_LIMIT = 60_000;

const { MODDABLE } = process.env;
const TOOLS = join(MODDABLE ?? "", "build/bin/lin/release");
/** The compiler of TypeScript without the script that starts it: it is started once a module. */
const TSC = join(ROOT, `node_modules/@typescript/typescript-${process.platform}-${process.arch}/lib`);
/** Where builds stay: a second run has little to do. */
export const OUTPUT = join(ROOT, "build/moddable");

/** Why nothing can be built here, or undefined. CI has no SDK: there too it is a reason. */
export const skip: string | undefined = reason();

function reason(): string | undefined {
	if (!MODDABLE) return "MODDABLE is not set";
	if (!existsSync(join(TOOLS, "mcconfig"))) return `${TOOLS} has no mcconfig`;
	const absent = ["gcc", "make", "pkg-config"].filter(program => !installed(program));
	return absent.length > 0 ? `not installed: ${absent.join(", ")}` : undefined;
}

export type Kind = "release" | "debug" | "instrument";
const FLAGS: Readonly<Record<Kind, readonly string[]>> = Object.freeze({
	release: [],
	debug: ["-d"],
	instrument: ["-i"],
});

/** @param app a folder with a manifest, from the root; config: NAME=VALUE each */
async function mcconfig(
	app: string,
	args: readonly string[],
	config: readonly string[],
	env: NodeJS.ProcessEnv = {},
): Promise<string> {
	mkdirSync(OUTPUT, { recursive: true });
	const tools = [TOOLS, TSC, join(ROOT, "node_modules/.bin"), process.env.PATH].join(delimiter);
	const { status, stdout, stderr } = await run(join(TOOLS, "mcconfig"), [...args, "-o", OUTPUT, ...config], {
		cwd: join(ROOT, app),
		env: { ...env, PATH: tools },
		limit: BUILD_LIMIT,
	});
	const log = `${stdout}${stderr}`;
	if (status !== 0) throw new Error(`mcconfig ${args.join(" ")} in ${app}: status ${status}\n${log}`);
	return log;
}

export interface App {
	/** The app as a shared object. */
	readonly library: string;
	/** Where its modules are, compiled. */
	readonly modules: string;
	/** What mcconfig, tsc and the linker said. */
	readonly log: string;
}

/** Builds for the simulator. "-t build" keeps mcconfig from starting one, and from ending those that run. */
export async function build(app: string, kind: Kind, ...config: string[]): Promise<App> {
	const at = join("lin/mc", kind, basename(app));
	// What the linker makes goes, so that it says each time what it has to say.
	rmSync(join(OUTPUT, "tmp", at, "mc.xs.c"), { force: true });
	const log = await mcconfig(app, [...FLAGS[kind], "-m", "-p", "lin", "-t", "build"], config);
	return {
		library: join(OUTPUT, "bin", at, "mc.so"),
		modules: join(OUTPUT, "tmp", at, "modules"),
		log,
	};
}

/** The makefile for a platform whose own tools are not here. */
export async function makefile(
	app: string,
	platform: string,
	config: readonly string[] = [],
	env: NodeJS.ProcessEnv = {},
): Promise<string> {
	await mcconfig(app, ["-p", platform], config, env);
	const at = join(platform, "release", basename(app));
	return readFileSync(join(OUTPUT, "tmp", at, "makefile"), "utf8");
}

/** Bytes of bytecode of our modules, by the SDK's compiler. */
export function bytecode(app: App): number {
	let bytes = 0;
	for (const entry of readdirSync(app.modules, { recursive: true, encoding: "utf8" })) {
		if (/^fieldssh\b.*\.xsb$/.test(entry)) bytes += statSync(join(app.modules, entry)).size;
	}
	return bytes;
}

let launcher: Promise<string> | undefined;

function ensureLauncher(): Promise<string> {
	launcher ??= (async () => {
		const flags = (await succeed("pkg-config", ["--cflags", "--libs", "glib-2.0"])).trim().split(/\s+/);
		const file = join(OUTPUT, "launcher");
		const source = join(ROOT, "tests/moddable/launcher.c");
		const include = `-I${join(MODDABLE!, "build/simulators/modules")}`;
		await succeed("gcc", ["-Wall", "-Werror", "-O2", include, source, "-o", file, ...flags, "-ldl"]);
		return file;
	})();
	return launcher;
}

/** A folder that goes when this process ends. */
export function temporaryHome(): string {
	const home = mkdtempSync(join(tmpdir(), "fieldssh-sdk-"));
	process.on("exit", () => rmSync(home, { recursive: true, force: true }));
	return home;
}

/** Starts an app in a home of its own, where its storage is. */
export async function launch(app: App, home: string): Promise<Running> {
	return new Running(await ensureLauncher(), [app.library], { cwd: home, env: { HOME: home } });
}

export interface Device extends Target {
	/** For restarts: where the storage is. */
	readonly home: string;
	/** Its exit status, when it has ended: before it was asked to, its machine has given up. */
	readonly ended: Promise<number>;
	/** Ends the app, keeps its home, and starts it again. */
	restart(): Promise<string>;
}

/**
 * The example as it boots for the first time, provided as its owner would: with the password that it prints, by which
 * keys are added; or, where there are no passwords, with a key that is put there.
 *
 * @param authorize what is in the user's file of keys before it starts
 */
export async function startDevice(
	app: App,
	provide: (target: Target) => Promise<void>,
	authorize?: (keys: Target["keys"]) => string,
): Promise<Device> {
	const home = temporaryHome();
	const keys = await makeKeys(home);
	const strangeKey = await makeStrangeKey(home);
	if (authorize) {
		mkdirSync(join(home, ".fieldssh"), { recursive: true });
		writeFileSync(join(home, ".fieldssh/authorized_keys.admin"), authorize(keys));
	}
	let running = await launch(app, home);
	const output = () => running.stdout + running.stderr;
	const booted = async () => {
		const look = (stdout: string) =>
			/(?:log in with: ssh -p|ssh ready on port|serial line on port) (\d+)/.exec(stdout);
		return Number((await running.waitFor("line that it listens", look, START_LIMIT))[1]);
	};
	const device = {
		host: "127.0.0.1",
		port: 0,
		user: "admin",
		password: "",
		keys,
		strangeKey,
		fingerprint: "",
		folder: home,
		home,
		output,
		get ended() {
			return running.ended;
		},
		async restart() {
			await end();
			running = await launch(app, home);
			device.port = await booted();
			return output();
		},
		stop: () => end(),
	};
	const end = async () => {
		const status = await running.stop();
		if (status !== 0) throw new Error(`the app ended with ${status}:\n${output()}`);
	};
	try {
		device.port = await booted();
		device.fingerprint = /host key (SHA256:[\w+/]{43})/.exec(output())![1];
		device.password = /^password(?: of \w+)?: (\S+)/m.exec(output())?.[1] ?? "";
		await provide(device);
		return device;
	} catch (error) {
		await running.stop();
		throw error;
	}
}
