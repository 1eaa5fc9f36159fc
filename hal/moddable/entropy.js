/** fieldssh/entropy on the SDK: what it calls is in the platform's folder. */
export default function fill(bytes) {
	return native("xs_fieldssh_entropy").call(this, bytes);
}
