/** The one door to a test runner, so that the same files run under Node's and on the XS board. */
export { default as assert } from "node:assert/strict";
export { test } from "node:test";

/** In tests that do the same at each byte: every byte here; on the board, which is slower, one in so many. */
export const EACH = 1;
