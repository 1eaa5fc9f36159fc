/** bytes[offset][length], without a new object where that is all of it. */
export function view(bytes: Uint8Array, offset: number, length: number): Uint8Array {
	return offset === 0 && length === bytes.length ? bytes : bytes.subarray(offset, offset + length);
}
