/** "name" on a device: HOSTNAME.local by multicast DNS, and its service, so that `ssh admin@field-1.local` finds it. */
import MDNS from "mdns";

/** What the responder says when a name is ours; the SDK's declarations do not tell of it. */
const { hostName: CLAIMED } = MDNS as unknown as { readonly hostName: number };

export default function announce(hostName: string, port: number): void {
	const service = { name: "ssh", protocol: "tcp", port, txt: {} };
	const responder = new MDNS({ hostName }, (message, name) => {
		// Where another device has the name, the responder goes on with one that has a number behind it.
		if (message !== CLAIMED || !name) return;
		trace(`named ${name}.local\n`);
		responder.add(service);
	});
}
