/** Published vectors of AES-CTR and AES-GCM, as hexadecimal digits. */

// RFC 3686 section 6, those of whole blocks: key, first counter block, plaintext, ciphertext.
export const CTR_VECTORS: readonly (readonly [string, string, string, string])[] = [
	[
		"ae6852f8121067cc4bf7a5765577f39e",
		"00000030000000000000000000000001",
		"53696e676c6520626c6f636b206d7367",
		"e4095d4fb7a7b3792d6175a3261311b8",
	],
	[
		"7e24067817fae0d743d6ce1f32539163",
		"006cb6dbc0543b59da48d90b00000001",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"5104a106168a72d9790d41ee8edad388eb2e1efc46da57c8fce630df9141be28",
	],
	[
		"776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c104",
		"00000060db5672c97aa8f0b200000001",
		"53696e676c6520626c6f636b206d7367",
		"145ad01dbf824ec7560863dc71e3e0c0",
	],
	[
		"f6d66d6bd52d59bb0796365879eff886c66dd51a5b6a99744b50590c87a23884",
		"00faac24c1585ef15a43d87500000001",
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
		"f05e231b3894612c49ee000b804eb2a9b8306b508f839d6a5530831d9344af1c",
	],
];

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B: key, nonce, plaintext, aad, ciphertext, tag.
const GCM_KEY = "feffe9928665731c6d6a8f9467308308";
const GCM_NONCE = "cafebabefacedbaddecaf888";
const GCM_TEXT =
	"d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72" +
	"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255";
const GCM_AAD = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
export const GCM_VECTORS: readonly (readonly [string, string, string, string, string, string])[] = [
	["00".repeat(16), "00".repeat(12), "", "", "", "58e2fccefa7e3061367f1d57a4e7455a"],
	[
		"00".repeat(16),
		"00".repeat(12),
		"00".repeat(16),
		"",
		"0388dace60b6a392f328c2b971b2fe78",
		"ab6e47d42cec13bdf53a67b21257bddf",
	],
	[
		GCM_KEY,
		GCM_NONCE,
		GCM_TEXT,
		"",
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" +
			"21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091473f5985",
		"4d5c2af327cd64a62cf35abd2ba6fab4",
	],
	[
		GCM_KEY,
		GCM_NONCE,
		GCM_TEXT.slice(0, 120),
		GCM_AAD,
		"42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e" +
			"21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091",
		"5bc94fbc3221a5db94fae95ae7121a47",
	],
	["00".repeat(32), "00".repeat(12), "", "", "", "530f8afbc74536b9a963b4f1c4cb738b"],
	[
		GCM_KEY + GCM_KEY,
		GCM_NONCE,
		GCM_TEXT.slice(0, 120),
		GCM_AAD,
		"522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa" +
			"8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
		"76fc6ece0f4e1768cddf8853bb2d551b",
	],
];
