import { checkAddressPatterns, matchAddress } from "../../src/base/address-pattern.js";
import { assert, test } from "../harness.js";

for (const [list, address, expected] of [
	["192.0.2.7", "192.0.2.7", true],
	["192.0.2.7", "192.0.2.70", false],
	["192.0.2.7,198.51.100.1", "198.51.100.1", true],
	["192.0.2.0/24", "192.0.2.255", true],
	["192.0.2.0/24", "192.0.3.0", false],
	["192.0.2.8/30", "192.0.2.11", true],
	["192.0.2.8/30", "192.0.2.12", false],
	["0.0.0.0/0", "203.0.113.9", true],
	["0.0.0.0/0", "2001:db8::1", false],
	["::/0", "2001:db8::1", true],
	["2001:db8::/32", "2001:db8:ffff::1", true],
	["2001:db8::/32", "2001:db9::1", false],
	["2001:DB8::1", "2001:0db8:0:0:0:0:0:1", true],
	["fe80::/10", "fe80::1%eth0", true],
	// An IPv4 address by way of IPv6 is that IPv4 address, on either side.
	["192.0.2.0/24", "::ffff:192.0.2.7", true],
	["192.0.2.*", "::FFFF:c000:0207", true],
	["::ffff:192.0.2.0/120", "192.0.2.7", true],
	["::ffff:0:0/96", "192.0.2.7", true],
	["::/0", "::ffff:192.0.2.7", false],
	["!192.0.2.7,*", "::ffff:192.0.2.7", false],
	// Wildcards.
	["192.0.2.*", "192.0.2.7", true],
	["192.0.2.*", "192.0.20.7", false],
	["192.0.2.?", "192.0.2.70", false],
	["192.0.*.7", "192.0.2.7", true],
	["*.7", "192.0.2.7", true],
	["1*2*7", "192.0.2.7", true],
	["1*2*8", "192.0.2.7", false],
	["*", "2001:db8::1", true],
	["2001:db8:*", "2001:0DB8::1", true],
	["2001:DB8:*::?", "2001:db8:5::1", true],
	// Negation wins, wherever it stands, and alone admits nobody.
	["!192.0.2.7,192.0.2.*", "192.0.2.7", false],
	["192.0.2.*,!192.0.2.7", "192.0.2.7", false],
	["192.0.2.*,!192.0.2.7", "192.0.2.8", true],
	["!192.0.2.0/24,*", "192.0.2.8", false],
	["!192.0.2.7", "192.0.2.8", false],
	// What is no address is not admitted by anything.
	["*", "", false],
	["*", "localhost", false],
	["*", "192.0.2", false],
	["*", "192.0.2.256", false],
	["*", "1:2:3", false],
] as const) {
	test(`from="${list}" ${expected ? "admits" : "does not admit"} ${address || "an unknown address"}`, () => {
		assert.equal(checkAddressPatterns(list), undefined);
		assert.equal(matchAddress(list, address), expected);
	});
}

test("an address is shortened as RFC 5952 has it before wildcards are matched", () => {
	for (const [address, text] of [
		["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1?"],
		["1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7?"],
		["0:0:0:0:0:0:0:1", "::1?"],
		["1:0:0:0:0:0:0:0", "1::?"],
		["0:0:0:0:0:0:0:0", "::?"],
		["1:0:0:2:0:0:0:3", "1:0:0:2::3?"],
	]) {
		// "?" would match one character more: the text is exactly the pattern without it.
		assert.equal(matchAddress(text, address), false, address);
		assert.equal(matchAddress(`${text.slice(0, -2)}?`, address), true, address);
	}
});

test("lists that cannot be evaluated whole are refused", () => {
	for (const list of [
		"",
		",",
		"192.0.2.7,",
		"!",
		"!!192.0.2.7",
		" 192.0.2.7",
		"192.0.2",
		"192.0.2.256",
		"192.0.2.07",
		"192.0.2.0/33",
		"192.0.2.0/",
		"192.0.2.0/-1",
		"192.0.2.0/024",
		"192.0.2.0/2x",
		"192.0.2.7/24",
		"192.0.2.0/24/24",
		"192.0.2.*/24",
		"2001:db8::/129",
		"2001:db8::1/32",
		"::ffff:0:0/90",
		"1:2:3:4:5:6:7",
		"1:2:3:4:5:6:7:8:9",
		"1::2::3",
		":::",
		":1:2:3:4:5:6:7",
		"12345::",
		"::g",
		"1:2:3:4:5:6:7:192.0.2.7",
		"192.0.2.7::",
		"fe80::1%eth0",
		"host.example.com",
		"*.example.com",
		"!*.de,*",
		"cafe",
		"*.g",
	]) {
		assert.equal(typeof checkAddressPatterns(list), "string", list);
	}
});

test("many wildcards take no time to speak of", () => {
	const list = `${"*1".repeat(400)}*x`.replace("x", "?:");
	assert.equal(matchAddress(list, "1111:1111:1111:1111:1111:1111:1111:1111"), false);
});
