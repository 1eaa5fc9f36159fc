/** Tables: frozen lists of rows that have a name. A list may be a firmware's own. */

/** A row whose name a peer asks for, and the function that serves it. */
export function row<Serve>(name: string, serve: Serve): { readonly name: string; readonly serve: Serve } {
	return Object.freeze({ name, serve });
}

/** The row of that name. A loop: a callback costs nine slots on XS each time. */
export function rowOf<Row extends { readonly name: string }>(
	rows: readonly Row[],
	name: string,
): Row | undefined {
	for (let at = 0; at < rows.length; at++) if (rows[at].name === name) return rows[at];
	return undefined;
}
