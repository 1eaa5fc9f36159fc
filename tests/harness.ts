/** The one door to a test runner, so that the same files run under Node's and on the XS board. */
export { default as assert } from "node:assert/strict";
export { test } from "node:test";
