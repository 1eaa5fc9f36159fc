/** A man in the middle on real sockets. */
import { createServer, type Server, type Socket, connect as tcpConnect } from "node:net";
import { Passage, type Plan } from "./terrapin.js";

export interface Proxy {
	readonly port: number;
	close(): Promise<void>;
}

/** Listens on loopback, and hands on to a port there, as planned; one plan for each connection. */
export async function startProxy(port: number, toServer: Plan, toClient: Plan): Promise<Proxy> {
	const sockets = new Set<Socket>();
	const server: Server = createServer(client => {
		const upstream = tcpConnect(port, "127.0.0.1");
		join(client, upstream, new Passage(toServer));
		join(upstream, client, new Passage(toClient));
	});
	const join = (from: Socket, to: Socket, passage: Passage): void => {
		sockets.add(from);
		from.on("data", (bytes: Buffer) => to.write(passage.pass(bytes)));
		from.on("end", () => to.end());
		// Whoever goes away without a word is nobody whom the test asks.
		from.on("error", () => to.destroy());
		from.on("close", () => sockets.delete(from));
	};
	await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
	const address = server.address();
	if (address === null || typeof address === "string") throw new Error("no port");
	return {
		port: address.port,
		close() {
			for (const socket of sockets) socket.destroy();
			return new Promise(resolve => server.close(() => resolve()));
		},
	};
}
