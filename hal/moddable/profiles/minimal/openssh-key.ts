/** src/keys/openssh-key.ts where host keys are kept as they are. */
function absent(): never {
	throw new Error("built without OpenSSH's files of keys");
}

export const parsePrivateKey = absent;
export const readPrivateKey = absent;
export const formatPrivateKey = absent;
