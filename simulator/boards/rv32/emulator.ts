/** The emulated device: qemu's RISC-V board with XS on it, its wire, and what is served over that. */
import { execFileSync, spawn } from "node:child_process";
import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Duplex } from "node:stream";
import { boardFolder, type Crypt, ensureEngine, linkBoard, MissingTool } from "../xs/engine.js";
import { endWithUs } from "../xs/lifeline.js";
import { Bridge, type Heap } from "./bridge.js";

const QEMU = "qemu-system-riscv32";

/** Debian's names, the compiler's too. */
const PACKAGES = "qemu-system-misc gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf";

/** Where qemu puts the firmware's source: host.c. */
const FIRMWARE_ADDRESS = "0x81000000";

/** What the SDK gives an ESP32-C6. */
export const C6_HEAP: Heap = Object.freeze({ chunkBytes: 78_848, slots: 4_928, stackSlots: 640 });

const folder = join(dirname(boardFolder), "rv32");

/** The C of the board that is not the XS board's own, and that which is. */
const SOURCES = [
	...["host.c", "serial.c", "console.c", "posix-sockets.c", "posix-files.c"].map(file => join(folder, file)),
	...["loop.c", "machine.c", "flash.c", "modules.c", "sockets.c", "files.c"].map(file =>
		join(boardFolder, file),
	),
];
const HEADERS = [
	...["serial.h", "console.h", "posix.h", "board.ld"],
	...["sys/socket.h", "netinet/in.h", "netinet/tcp.h", "arpa/inet.h", "poll.h", "dirent.h"].map(
		file => `include/${file}`,
	),
].map(file => join(folder, file));

/** Of C, not of JavaScript: part of board.ld's stack. */
const C_STACK = 192 * 1024;

/** @throws MissingTool where there is no compiler or no qemu */
export async function ensureEmulatedBoard(crypt: Crypt = "javascript"): Promise<string> {
	try {
		execFileSync(QEMU, ["--version"], { stdio: "ignore" });
	} catch {
		throw new MissingTool(`emulated device: no ${QEMU}; install ${PACKAGES}`);
	}
	const args = [
		`-I${join(folder, "include")}`,
		`-I${folder}`,
		`-DBOARD_C_STACK=${C_STACK}`,
		// Before version 20191213 of the instruction set, what reads the counters is in rv32i.
		"-misa-spec=2.2",
		...["-T", join(folder, "board.ld")],
		"-Wl,--gc-sections",
		"-lm",
	];
	return linkBoard(await ensureEngine("rv32"), SOURCES, HEADERS, args, crypt);
}

export interface EmulatedDeviceOptions {
	/** A bundle of bundleFirmware(): its default export is called. */
	readonly firmware: string;
	readonly heap: Heap;
	/** JSON: the default export of mc/config. */
	readonly config?: string;
	/** The root of embedded:storage/files, a folder that is there. */
	readonly state?: string;
	/** Whether firmware imports the SDK's module crypt. */
	readonly crypt?: Crypt;
	/** Whether fieldssh/instructions counts, the same in every run. Without, the emulator is faster. */
	readonly exact: boolean;
	/** Where exact: an instruction takes 2^shift ns of the device's clock; 0 unless told. */
	readonly shift?: number;
	/** Bytes of the board's standard output and error. */
	onOutput(bytes: Buffer): void;
	onError(bytes: Buffer): void;
}

export interface EmulatedDevice {
	/** The firmware's exit status, once all that it wrote was told. */
	readonly end: Promise<number>;
	/** The emulator's process. */
	readonly pid: number;
	/** As SIGTERM does with a program: the first asks the firmware to end, the second ends it. */
	signal(): void;
}

/** @throws MissingTool where there is no compiler or no qemu */
export async function startEmulatedDevice(options: EmulatedDeviceOptions): Promise<EmulatedDevice> {
	const board = await ensureEmulatedBoard(options.crypt);
	const { firmware, heap, config = "{}", state = ".", exact, shift = 0, onOutput, onError } = options;
	const args = [
		...["-M", "virt", "-m", "128M", "-bios", "none", "-nodefaults", "-display", "none"],
		...["-global", "virtio-mmio.force-legacy=false", "-device", "virtio-serial-device,max_ports=1"],
		...["-chardev", "socket,id=wire,fd=3", "-device", "virtconsole,chardev=wire"],
		...["-kernel", board],
		...["-device", `loader,addr=${FIRMWARE_ADDRESS},force-raw=on,file=${firmware.replaceAll(",", ",,")}`],
		...(exact ? ["-icount", `shift=${shift}`] : []),
	];
	const firmwareLength = statSync(firmware).size;
	// Detached: a terminal's signals are for us, who ask the firmware to end.
	const qemu = spawn(QEMU, args, { stdio: ["ignore", "inherit", "inherit", "pipe"], detached: true });
	endWithUs(qemu);
	const bridge = new Bridge(qemu.stdio[3] as Duplex, {
		...{ firmwareLength, heap, config, state, onOutput, onError },
	});
	const end = new Promise<number>((resolve, reject) => {
		qemu.on("error", reject);
		qemu.on("close", status => {
			bridge.close();
			resolve(status ?? 1);
		});
	});
	let signalled = false;
	const signal = () => {
		if (signalled) qemu.kill();
		else bridge.signal();
		signalled = true;
	};
	return { end, pid: qemu.pid ?? 0, signal };
}
