/** Firmware that gives back what its first connection sends, and closes every other one at once. Both are told of in lines. */
import Listener from "embedded:io/socket/listener";
import TCP from "embedded:io/socket/tcp";

let isServing = false;

function echo(this: TCP, count: number): void {
	const bytes = new Uint8Array(count);
	this.read(bytes);
	this.write(bytes);
}

function accept(this: Listener): void {
	for (let from = this.read(); from !== undefined; from = this.read()) {
		if (isServing) from.close();
		else new TCP({ from, onReadable: echo });
		isServing = true;
	}
}

/** The board calls it. */
export default function main(): void {
	const listener = new Listener({ address: "127.0.0.1", port: 0, onReadable: accept });
	trace(`${listener.port}\n`);
}
