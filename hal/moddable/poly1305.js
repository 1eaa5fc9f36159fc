/** fieldssh/poly1305 on the SDK: what it calls is in poly1305.c. */
export default function poly1305(key, bytes, offset, length, tag) {
	return native("xs_fieldssh_poly1305").call(this, key, bytes, offset, length, tag);
}
