/** What a board says that ends where a device would restart, by what tests/xs/firmware/full.ts is told to end with. */
export const FULL_ENDS: readonly (readonly [string, RegExp])[] = Object.freeze([
	["slots", /^board: slots full: 4928 of 4928 slots, \d+ of 78848 bytes of chunks are taken, .*\n$/],
	["chunks", /^board: chunks full: \d+ of 4928 slots, 7\d{4} of 78848 bytes of chunks are taken, .*\n$/],
	[
		"stack",
		/^board: stack full: \d+ of 4928 slots, .* are taken, of a stack of 640 slots (5[89]|6[0-4])\d\n$/,
	],
	["exception", /^uncaught exception: Error: nobody catches this\n/],
	["rejection", /^unhandled rejection: Error: nobody handles this\n/],
]);

/** The exit status: board.h has it. */
export const FULL_STATUS = 4;
