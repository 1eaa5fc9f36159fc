/** The least firmware: it greets, with what it was configured with, and ends. */
import config from "mc/config";

export default function main(): void {
	trace(`hello ${JSON.stringify(config)}\n`);
}
