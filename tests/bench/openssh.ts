/**
 * What OpenSSH offers, in the names and the order of its own KEXINIT: recorded once from the client of Debian 12 with
 * `ssh -F none` to a host that it does not know, so that a login of the bench is the same in every run.
 */
import type { ClientOptions } from "../peer/client.js";

const CIPHERS =
	"chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com";

const MACS =
	"umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," +
	"hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1";

/** The client of the tests adds ext-info-c and kex-strict-c-v00@openssh.com at the end, where OpenSSH has them. */
const KEX =
	"sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,curve25519-sha256,curve25519-sha256@libssh.org," +
	"ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256," +
	"diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256";

const HOST_KEYS =
	"ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com," +
	"ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com," +
	"sk-ssh-ed25519-cert-v01@openssh.com,sk-ecdsa-sha2-nistp256-cert-v01@openssh.com," +
	"rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,ecdsa-sha2-nistp256," +
	"ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com," +
	"rsa-sha2-512,rsa-sha2-256";

export const OPENSSH: ClientOptions = Object.freeze({
	identification: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10",
	kex: KEX.split(","),
	hostKeys: HOST_KEYS.split(","),
	cipherC2s: CIPHERS.split(","),
	cipherS2c: CIPHERS.split(","),
	macC2s: MACS.split(","),
	macS2c: MACS.split(","),
	compression: ["none", "zlib@openssh.com", "zlib"],
});
