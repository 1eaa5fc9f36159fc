/**
 * Chains of methods, as OpenSSH's AuthenticationMethods has them: a login is complete when one chain was passed in
 * its order. Each chain counts for itself: a method that is not next in it leaves it where it is.
 */
import { __ENABLE_MOCANA_SSH_PASSWORD__ } from "../moptions.js";
import type { MethodName } from "./authenticator.js";

export type Chains = readonly (readonly MethodName[])[];

/** Whether this build has the method. */
export function hasMethod(name: string): name is MethodName {
	if (name === "publickey") return true;
	return __ENABLE_MOCANA_SSH_PASSWORD__ && (name === "password" || name === "keyboard-interactive");
}

/** @throws RangeError where no chain is left, or one could never be passed or need not be */
export function checkChains(chains: Chains): void {
	if (chains.length === 0) throw new RangeError("no chain of authentication methods");
	chains.forEach(chain => {
		if (chain.length === 0) throw new RangeError("an empty chain of authentication methods");
		chain.forEach(name => {
			if (!hasMethod(name)) throw new RangeError(`unknown authentication method: ${name}`);
		});
	});
}

/** How many methods of a chain were passed. */
function progress(chain: readonly MethodName[], passed: readonly MethodName[]): number {
	let count = 0;
	passed.forEach(name => {
		if (chain[count] === name) count++;
	});
	return count;
}

/** The methods that can continue (RFC 4252 section 5.1): what is next in any chain, each once. */
export function methodsThatCanContinue(chains: Chains, passed: readonly MethodName[]): MethodName[] {
	const names: MethodName[] = [];
	chains.forEach(chain => {
		const next = chain[progress(chain, passed)];
		if (next !== undefined && !names.includes(next)) names.push(next);
	});
	return names;
}

export function isComplete(chains: Chains, passed: readonly MethodName[]): boolean {
	return chains.some(chain => progress(chain, passed) === chain.length);
}
