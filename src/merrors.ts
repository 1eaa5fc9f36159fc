/**
 * Status codes, named and numbered as in merrors.h of the NanoSSH server: zero is success, a value below zero
 * says what failed. A function that returns a count or a handle gives it above zero.
 */

export const OK = 0;

// TCP
export const ERR_TCP = -5900;
export const ERR_TCP_SOCKET_CLOSED = -5901;
export const ERR_TCP_READ_ERROR = -5902;
export const ERR_TCP_READ_BLOCK_FAIL = -5903;
export const ERR_TCP_READ_TIMEOUT = -5904;
export const ERR_TCP_WRITE_ERROR = -5905;
export const ERR_TCP_WRITE_BLOCK_FAIL = -5906;
export const ERR_TCP_INIT_FAIL = -5907;
export const ERR_TCP_LISTEN_SOCKET_ERROR = -5908;
export const ERR_TCP_LISTEN_BIND_ERROR = -5909;
export const ERR_TCP_LISTEN_ERROR = -5910;
export const ERR_TCP_ACCEPT_ERROR = -5911;
export const ERR_TCP_SOCKOPT_ERROR = -5912;
export const ERR_TCP_CONNECT_CREATE = -5913;
export const ERR_TCP_CONNECT_ERROR = -5914;
export const ERR_TCP_SOCKET_SHARE = -5915;
export const ERR_TCP_GETSOCKNAME = -5916;
export const ERR_TCP_ACCEPT_CREATE = -5917;
export const ERR_TCP_LISTEN_ADDRINFO = -5918;
export const ERR_TCP_TOO_MANY_SOCKETS = -5919;
export const ERR_TCP_NO_SUCH_SOCKET = -5920;
export const ERR_TCP_END_OF_SOCKET_LIST = -5921;
export const ERR_TCP_SELECT_ERROR = -5922;
export const ERR_TCP_WOULDBLOCK = -5923;
export const ERR_TCP_CONNECT_EALREADY = -5924;
export const ERR_TCP_CONNECT_INPROGRESS = -5925;
export const ERR_TCP_SOCKET_CLOSE_FAIL = -5926;
export const ERR_TCP_BAD_ADDRESS = -5927;

// General
export const ERR_GENERAL = -6000;
export const ERR_NULL_POINTER = -6001;
export const ERR_DIVIDE_BY_ZERO = -6002;
export const ERR_BAD_LENGTH = -6003;
export const ERR_BAD_MODULO = -6004;
export const ERR_EVEN_NUMBER = -6005;
export const ERR_MISSING_STATE_CHANGE = -6006;
export const ERR_BUFFER_TOO_SMALL = -6007;
export const ERR_BUFFER_OVERFLOW = -6007;
export const ERR_INDEX_OOB = -6008;
export const ERR_NOT_FOUND = -6009;
export const ERR_INVALID_ARG = -6010;
export const ERR_FALSE = -6011;
export const ERR_EOF = -6012;
export const ERR_BAD_EXPONENT = -6013;
export const ERR_INCOMPLETE_SEARCH = -6014;
export const ERR_INTERNAL_ERROR = -6015;
export const ERR_MOCANA_NOT_INITIALIZED = -6016;
export const ERR_NOT_IMPLEMENTED = -6017;
export const ERR_INVALID_INPUT = -6018;
export const ERR_UNSUPPORTED_OPERATION = -6021;
export const ERR_UNKNOWN_DATA = -6022;
export const ERR_UNSUPPORTED_SIZE = -6023;
export const ERR_RETURN_OK = -6024;
export const ERR_DYNAMIC_LINK_FAILED = -6025;
export const ERR_UNINITIALIZED_CONTEXT = -6026;
export const ERR_WRONG_CTX_TYPE = -6027;
export const ERR_PREVIOUSLY_EXISTING_ITEM = -6028;

// Memory
export const ERR_MEM_ = -6100;
export const ERR_MEM_ALLOC_FAIL = -6101;
export const ERR_MEM_ALLOC_PTR = -6102;
export const ERR_MEM_ALLOC_SIZE = -6103;
export const ERR_MEM_FREE_PTR = -6104;

// Payload
export const ERR_PAYLOAD = -6200;
export const ERR_PAYLOAD_EMPTY = -6201;
export const ERR_PAYLOAD_TOO_LARGE = -6202;

// SSH
export const ERR_SSH_TRANSPORT = -6300;
export const ERR_SSH_TRANSPORT_BAD_MAC = -6301;
export const ERR_SSH_BAD_RECEIVE_STATE = -6302;
export const ERR_SSH_STRING_TOO_LONG = -6303;
export const ERR_SSH_TOO_MANY_CONNECTIONS = -6304;
export const ERR_SSH_BAD_ID = -6305;
export const ERR_SSH_CONFIG = -6306;
export const ERR_SSH_BAD_TRANS_RECEIVE_STATE = -6307;
export const ERR_SSH_BAD_AUTH_RECEIVE_STATE = -6308;
export const ERR_SSH_BAD_CALLBACK = -6309;
export const ERR_SSH_UNEXPECTED_END_MESSAGE = -6310;
export const ERR_SSH_ASYNC_WAITING_AUTH = -6311;
export const ERR_SSH_ASYNC_WAITING_HW_OFFLOAD = -6312;
export const ERR_SSH_ASYNC_BAD_CONTINUE = -6313;
export const ERR_SSH_AUTH_DOUBLE_WAIT = -6314;
export const ERR_SSH_LOOKUP_INSTANCE = -6315;
export const ERR_SSH_UNKNOWN_CIPHER = -6316;
export const ERR_SSH_CIRCULAR_BUFFER_OVERFLOW = -6317;
export const ERR_SSH_CIRCULAR_BUFFER_UNDERFLOW = -6318;
export const ERR_SSH_SEND_ACK_FAIL = -6319;
export const ERR_SSH_BAD_IOCTL_SELECTOR = -6320;
export const ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED = -6321;
export const ERR_SSH_EXPECTED_DSA_KEY = -6322;
export const ERR_SSH_EXPECTED_RSA_KEY = -6323;
export const ERR_SSH_EXPECTED_ECC_KEY = -6324;
export const ERR_SSH_NO_ASSIGNED_CERT_STORE = -6325;
export const ERR_SSH_BAD_PUBLIC_KEY_FORMAT = -6326;
export const ERR_SSH_MALFORMED_CERTIFICATE = -6327;
export const ERR_SSH_MALFORMED_SIGNATURE = -6328;
export const ERR_SSH_MALFORMED_SERVER_KEXDH_REPLY_MESG = -6329;
export const ERR_SSH_MISSING_KEY_FILE = -6330;
export const ERR_SSH_STR_BAD_LEN = -6331;
export const ERR_SSH_SESSION_UNEXPECTED_RESPONSE = -6332;
export const ERR_SSH_UNSUPPORTED_FEATURE_REQUEST = -6333;
export const ERR_SSH_KEYEX_IN_PROGRESS = -6334;
export const ERR_SSH_REKEY_REQUEST_IGNORED = -6335;
export const ERR_SSH_UNKNOWN_HMAC = -6336;
export const ERR_SSH_MISMATCH_AEAD_ALGO = -6337;
export const ERR_SSH_KEYEX_HASH_ALGO_NULL = -6338;
export const ERR_SSH_KEYEX_BAD_INPUT = -6339;
export const ERR_SSH_KEYEX_MESG_FORMAT = -6340;
export const ERR_SSH_UNSUPPORTED_CURVE = -6341;
export const ERR_SSH_REMOTE_PORT_UNAVAILABLE = -6342;
export const ERR_SSH_PROTOCOL_PROCESS_CERTIFICATE = -6343;
export const ERR_SSH_RSA_KEY_SIZE = -6344;
export const ERR_SSH_NO_IDENTITY_FOUND = -6345;
export const ERR_SSH_NO_CERT_STORE_FOUND = -6346;
export const ERR_SSH_EXPECTED_HYBRID_KEY = -6347;
export const ERR_SSH_DH_KEY_SIZE = -6348;
export const ERR_SSH_EXPECTED_QS_KEY = -6349;

// Authentication
export const ERR_AUTH = -6400;
export const ERR_AUTH_MESG_FRAGMENTED = -6401;
export const ERR_AUTH_UNEXPECTED_MESG = -6402;
export const ERR_AUTH_FAILED = -6403;
export const ERR_AUTH_BAD_SIGNATURE = -6404;
export const ERR_AUTH_MISCONFIGURED = -6405;
export const ERR_AUTH_MISCONFIGURED_PROMPTS = -6406;
export const ERR_AUTH_UNKNOWN_METHOD = -6407;

// SSH disconnect reasons: -6900 less the reason of RFC 4253 section 11.1
export const ERR_SSH_DISCONNECT = -6900;
export const ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT = -6901;
export const ERR_SSH_DISCONNECT_PROTOCOL_ERROR = -6902;
export const ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED = -6903;
export const ERR_SSH_DISCONNECT_RESERVED = -6904;
export const ERR_SSH_DISCONNECT_MAC_ERROR = -6905;
export const ERR_SSH_DISCONNECT_COMPRESSION_ERROR = -6906;
export const ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE = -6907;
export const ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED = -6908;
export const ERR_SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE = -6909;
export const ERR_SSH_DISCONNECT_CONNECTION_LOST = -6910;
export const ERR_SSH_DISCONNECT_BY_APPLICATION = -6911;
export const ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS = -6912;
export const ERR_SSH_DISCONNECT_AUTH_CANCELLED_BY_USER = -6913;
export const ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE = -6914;
export const ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME = -6915;
export const ERR_SSH_DISCONNECT_CHANNEL_CLOSED = -6916;

// Randomness
export const ERR_RAND = -7100;
export const ERR_RAND_SEED_TOO_LARGE = -7101;
export const ERR_RAND_CTX_NOT_INITIALIZED = -7102;
export const ERR_RAND_TERMINATE_THREADS = -7103;
export const ERR_RAND_INVALID_CONTEXT = -7104;
export const ERR_RAND_CTX_ALREADY_INITIALIZED = -7105;
export const ERR_RAND_SEED_METHOD_NOT_SUPPORTED = -7106;
export const ERR_RAND_SEED_LEN_INVALID = -7107;
export const ERR_RAND_RNG_NOT_USED = -7108;

// Session
export const ERR_SESSION = -7300;
export const ERR_SESSION_BAD_PAYLOAD = -7301;
export const ERR_SESSION_NOT_OPEN = -7302;

/** Every code once; ERR_BUFFER_OVERFLOW shares its number with ERR_BUFFER_TOO_SMALL, whose name is shown. */
const NAMES: readonly (readonly [number, string])[] = Object.freeze([
	Object.freeze([OK, "OK"] as const),
	Object.freeze([ERR_TCP, "ERR_TCP"] as const),
	Object.freeze([ERR_TCP_SOCKET_CLOSED, "ERR_TCP_SOCKET_CLOSED"] as const),
	Object.freeze([ERR_TCP_READ_ERROR, "ERR_TCP_READ_ERROR"] as const),
	Object.freeze([ERR_TCP_READ_BLOCK_FAIL, "ERR_TCP_READ_BLOCK_FAIL"] as const),
	Object.freeze([ERR_TCP_READ_TIMEOUT, "ERR_TCP_READ_TIMEOUT"] as const),
	Object.freeze([ERR_TCP_WRITE_ERROR, "ERR_TCP_WRITE_ERROR"] as const),
	Object.freeze([ERR_TCP_WRITE_BLOCK_FAIL, "ERR_TCP_WRITE_BLOCK_FAIL"] as const),
	Object.freeze([ERR_TCP_INIT_FAIL, "ERR_TCP_INIT_FAIL"] as const),
	Object.freeze([ERR_TCP_LISTEN_SOCKET_ERROR, "ERR_TCP_LISTEN_SOCKET_ERROR"] as const),
	Object.freeze([ERR_TCP_LISTEN_BIND_ERROR, "ERR_TCP_LISTEN_BIND_ERROR"] as const),
	Object.freeze([ERR_TCP_LISTEN_ERROR, "ERR_TCP_LISTEN_ERROR"] as const),
	Object.freeze([ERR_TCP_ACCEPT_ERROR, "ERR_TCP_ACCEPT_ERROR"] as const),
	Object.freeze([ERR_TCP_SOCKOPT_ERROR, "ERR_TCP_SOCKOPT_ERROR"] as const),
	Object.freeze([ERR_TCP_CONNECT_CREATE, "ERR_TCP_CONNECT_CREATE"] as const),
	Object.freeze([ERR_TCP_CONNECT_ERROR, "ERR_TCP_CONNECT_ERROR"] as const),
	Object.freeze([ERR_TCP_SOCKET_SHARE, "ERR_TCP_SOCKET_SHARE"] as const),
	Object.freeze([ERR_TCP_GETSOCKNAME, "ERR_TCP_GETSOCKNAME"] as const),
	Object.freeze([ERR_TCP_ACCEPT_CREATE, "ERR_TCP_ACCEPT_CREATE"] as const),
	Object.freeze([ERR_TCP_LISTEN_ADDRINFO, "ERR_TCP_LISTEN_ADDRINFO"] as const),
	Object.freeze([ERR_TCP_TOO_MANY_SOCKETS, "ERR_TCP_TOO_MANY_SOCKETS"] as const),
	Object.freeze([ERR_TCP_NO_SUCH_SOCKET, "ERR_TCP_NO_SUCH_SOCKET"] as const),
	Object.freeze([ERR_TCP_END_OF_SOCKET_LIST, "ERR_TCP_END_OF_SOCKET_LIST"] as const),
	Object.freeze([ERR_TCP_SELECT_ERROR, "ERR_TCP_SELECT_ERROR"] as const),
	Object.freeze([ERR_TCP_WOULDBLOCK, "ERR_TCP_WOULDBLOCK"] as const),
	Object.freeze([ERR_TCP_CONNECT_EALREADY, "ERR_TCP_CONNECT_EALREADY"] as const),
	Object.freeze([ERR_TCP_CONNECT_INPROGRESS, "ERR_TCP_CONNECT_INPROGRESS"] as const),
	Object.freeze([ERR_TCP_SOCKET_CLOSE_FAIL, "ERR_TCP_SOCKET_CLOSE_FAIL"] as const),
	Object.freeze([ERR_TCP_BAD_ADDRESS, "ERR_TCP_BAD_ADDRESS"] as const),
	Object.freeze([ERR_GENERAL, "ERR_GENERAL"] as const),
	Object.freeze([ERR_NULL_POINTER, "ERR_NULL_POINTER"] as const),
	Object.freeze([ERR_DIVIDE_BY_ZERO, "ERR_DIVIDE_BY_ZERO"] as const),
	Object.freeze([ERR_BAD_LENGTH, "ERR_BAD_LENGTH"] as const),
	Object.freeze([ERR_BAD_MODULO, "ERR_BAD_MODULO"] as const),
	Object.freeze([ERR_EVEN_NUMBER, "ERR_EVEN_NUMBER"] as const),
	Object.freeze([ERR_MISSING_STATE_CHANGE, "ERR_MISSING_STATE_CHANGE"] as const),
	Object.freeze([ERR_BUFFER_TOO_SMALL, "ERR_BUFFER_TOO_SMALL"] as const),
	Object.freeze([ERR_INDEX_OOB, "ERR_INDEX_OOB"] as const),
	Object.freeze([ERR_NOT_FOUND, "ERR_NOT_FOUND"] as const),
	Object.freeze([ERR_INVALID_ARG, "ERR_INVALID_ARG"] as const),
	Object.freeze([ERR_FALSE, "ERR_FALSE"] as const),
	Object.freeze([ERR_EOF, "ERR_EOF"] as const),
	Object.freeze([ERR_BAD_EXPONENT, "ERR_BAD_EXPONENT"] as const),
	Object.freeze([ERR_INCOMPLETE_SEARCH, "ERR_INCOMPLETE_SEARCH"] as const),
	Object.freeze([ERR_INTERNAL_ERROR, "ERR_INTERNAL_ERROR"] as const),
	Object.freeze([ERR_MOCANA_NOT_INITIALIZED, "ERR_MOCANA_NOT_INITIALIZED"] as const),
	Object.freeze([ERR_NOT_IMPLEMENTED, "ERR_NOT_IMPLEMENTED"] as const),
	Object.freeze([ERR_INVALID_INPUT, "ERR_INVALID_INPUT"] as const),
	Object.freeze([ERR_UNSUPPORTED_OPERATION, "ERR_UNSUPPORTED_OPERATION"] as const),
	Object.freeze([ERR_UNKNOWN_DATA, "ERR_UNKNOWN_DATA"] as const),
	Object.freeze([ERR_UNSUPPORTED_SIZE, "ERR_UNSUPPORTED_SIZE"] as const),
	Object.freeze([ERR_RETURN_OK, "ERR_RETURN_OK"] as const),
	Object.freeze([ERR_DYNAMIC_LINK_FAILED, "ERR_DYNAMIC_LINK_FAILED"] as const),
	Object.freeze([ERR_UNINITIALIZED_CONTEXT, "ERR_UNINITIALIZED_CONTEXT"] as const),
	Object.freeze([ERR_WRONG_CTX_TYPE, "ERR_WRONG_CTX_TYPE"] as const),
	Object.freeze([ERR_PREVIOUSLY_EXISTING_ITEM, "ERR_PREVIOUSLY_EXISTING_ITEM"] as const),
	Object.freeze([ERR_MEM_, "ERR_MEM_"] as const),
	Object.freeze([ERR_MEM_ALLOC_FAIL, "ERR_MEM_ALLOC_FAIL"] as const),
	Object.freeze([ERR_MEM_ALLOC_PTR, "ERR_MEM_ALLOC_PTR"] as const),
	Object.freeze([ERR_MEM_ALLOC_SIZE, "ERR_MEM_ALLOC_SIZE"] as const),
	Object.freeze([ERR_MEM_FREE_PTR, "ERR_MEM_FREE_PTR"] as const),
	Object.freeze([ERR_PAYLOAD, "ERR_PAYLOAD"] as const),
	Object.freeze([ERR_PAYLOAD_EMPTY, "ERR_PAYLOAD_EMPTY"] as const),
	Object.freeze([ERR_PAYLOAD_TOO_LARGE, "ERR_PAYLOAD_TOO_LARGE"] as const),
	Object.freeze([ERR_SSH_TRANSPORT, "ERR_SSH_TRANSPORT"] as const),
	Object.freeze([ERR_SSH_TRANSPORT_BAD_MAC, "ERR_SSH_TRANSPORT_BAD_MAC"] as const),
	Object.freeze([ERR_SSH_BAD_RECEIVE_STATE, "ERR_SSH_BAD_RECEIVE_STATE"] as const),
	Object.freeze([ERR_SSH_STRING_TOO_LONG, "ERR_SSH_STRING_TOO_LONG"] as const),
	Object.freeze([ERR_SSH_TOO_MANY_CONNECTIONS, "ERR_SSH_TOO_MANY_CONNECTIONS"] as const),
	Object.freeze([ERR_SSH_BAD_ID, "ERR_SSH_BAD_ID"] as const),
	Object.freeze([ERR_SSH_CONFIG, "ERR_SSH_CONFIG"] as const),
	Object.freeze([ERR_SSH_BAD_TRANS_RECEIVE_STATE, "ERR_SSH_BAD_TRANS_RECEIVE_STATE"] as const),
	Object.freeze([ERR_SSH_BAD_AUTH_RECEIVE_STATE, "ERR_SSH_BAD_AUTH_RECEIVE_STATE"] as const),
	Object.freeze([ERR_SSH_BAD_CALLBACK, "ERR_SSH_BAD_CALLBACK"] as const),
	Object.freeze([ERR_SSH_UNEXPECTED_END_MESSAGE, "ERR_SSH_UNEXPECTED_END_MESSAGE"] as const),
	Object.freeze([ERR_SSH_ASYNC_WAITING_AUTH, "ERR_SSH_ASYNC_WAITING_AUTH"] as const),
	Object.freeze([ERR_SSH_ASYNC_WAITING_HW_OFFLOAD, "ERR_SSH_ASYNC_WAITING_HW_OFFLOAD"] as const),
	Object.freeze([ERR_SSH_ASYNC_BAD_CONTINUE, "ERR_SSH_ASYNC_BAD_CONTINUE"] as const),
	Object.freeze([ERR_SSH_AUTH_DOUBLE_WAIT, "ERR_SSH_AUTH_DOUBLE_WAIT"] as const),
	Object.freeze([ERR_SSH_LOOKUP_INSTANCE, "ERR_SSH_LOOKUP_INSTANCE"] as const),
	Object.freeze([ERR_SSH_UNKNOWN_CIPHER, "ERR_SSH_UNKNOWN_CIPHER"] as const),
	Object.freeze([ERR_SSH_CIRCULAR_BUFFER_OVERFLOW, "ERR_SSH_CIRCULAR_BUFFER_OVERFLOW"] as const),
	Object.freeze([ERR_SSH_CIRCULAR_BUFFER_UNDERFLOW, "ERR_SSH_CIRCULAR_BUFFER_UNDERFLOW"] as const),
	Object.freeze([ERR_SSH_SEND_ACK_FAIL, "ERR_SSH_SEND_ACK_FAIL"] as const),
	Object.freeze([ERR_SSH_BAD_IOCTL_SELECTOR, "ERR_SSH_BAD_IOCTL_SELECTOR"] as const),
	Object.freeze([
		ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED,
		"ERR_SSH_MAX_SESSION_TIME_LIMIT_EXCEEDED",
	] as const),
	Object.freeze([ERR_SSH_EXPECTED_DSA_KEY, "ERR_SSH_EXPECTED_DSA_KEY"] as const),
	Object.freeze([ERR_SSH_EXPECTED_RSA_KEY, "ERR_SSH_EXPECTED_RSA_KEY"] as const),
	Object.freeze([ERR_SSH_EXPECTED_ECC_KEY, "ERR_SSH_EXPECTED_ECC_KEY"] as const),
	Object.freeze([ERR_SSH_NO_ASSIGNED_CERT_STORE, "ERR_SSH_NO_ASSIGNED_CERT_STORE"] as const),
	Object.freeze([ERR_SSH_BAD_PUBLIC_KEY_FORMAT, "ERR_SSH_BAD_PUBLIC_KEY_FORMAT"] as const),
	Object.freeze([ERR_SSH_MALFORMED_CERTIFICATE, "ERR_SSH_MALFORMED_CERTIFICATE"] as const),
	Object.freeze([ERR_SSH_MALFORMED_SIGNATURE, "ERR_SSH_MALFORMED_SIGNATURE"] as const),
	Object.freeze([
		ERR_SSH_MALFORMED_SERVER_KEXDH_REPLY_MESG,
		"ERR_SSH_MALFORMED_SERVER_KEXDH_REPLY_MESG",
	] as const),
	Object.freeze([ERR_SSH_MISSING_KEY_FILE, "ERR_SSH_MISSING_KEY_FILE"] as const),
	Object.freeze([ERR_SSH_STR_BAD_LEN, "ERR_SSH_STR_BAD_LEN"] as const),
	Object.freeze([ERR_SSH_SESSION_UNEXPECTED_RESPONSE, "ERR_SSH_SESSION_UNEXPECTED_RESPONSE"] as const),
	Object.freeze([ERR_SSH_UNSUPPORTED_FEATURE_REQUEST, "ERR_SSH_UNSUPPORTED_FEATURE_REQUEST"] as const),
	Object.freeze([ERR_SSH_KEYEX_IN_PROGRESS, "ERR_SSH_KEYEX_IN_PROGRESS"] as const),
	Object.freeze([ERR_SSH_REKEY_REQUEST_IGNORED, "ERR_SSH_REKEY_REQUEST_IGNORED"] as const),
	Object.freeze([ERR_SSH_UNKNOWN_HMAC, "ERR_SSH_UNKNOWN_HMAC"] as const),
	Object.freeze([ERR_SSH_MISMATCH_AEAD_ALGO, "ERR_SSH_MISMATCH_AEAD_ALGO"] as const),
	Object.freeze([ERR_SSH_KEYEX_HASH_ALGO_NULL, "ERR_SSH_KEYEX_HASH_ALGO_NULL"] as const),
	Object.freeze([ERR_SSH_KEYEX_BAD_INPUT, "ERR_SSH_KEYEX_BAD_INPUT"] as const),
	Object.freeze([ERR_SSH_KEYEX_MESG_FORMAT, "ERR_SSH_KEYEX_MESG_FORMAT"] as const),
	Object.freeze([ERR_SSH_UNSUPPORTED_CURVE, "ERR_SSH_UNSUPPORTED_CURVE"] as const),
	Object.freeze([ERR_SSH_REMOTE_PORT_UNAVAILABLE, "ERR_SSH_REMOTE_PORT_UNAVAILABLE"] as const),
	Object.freeze([ERR_SSH_PROTOCOL_PROCESS_CERTIFICATE, "ERR_SSH_PROTOCOL_PROCESS_CERTIFICATE"] as const),
	Object.freeze([ERR_SSH_RSA_KEY_SIZE, "ERR_SSH_RSA_KEY_SIZE"] as const),
	Object.freeze([ERR_SSH_NO_IDENTITY_FOUND, "ERR_SSH_NO_IDENTITY_FOUND"] as const),
	Object.freeze([ERR_SSH_NO_CERT_STORE_FOUND, "ERR_SSH_NO_CERT_STORE_FOUND"] as const),
	Object.freeze([ERR_SSH_EXPECTED_HYBRID_KEY, "ERR_SSH_EXPECTED_HYBRID_KEY"] as const),
	Object.freeze([ERR_SSH_DH_KEY_SIZE, "ERR_SSH_DH_KEY_SIZE"] as const),
	Object.freeze([ERR_SSH_EXPECTED_QS_KEY, "ERR_SSH_EXPECTED_QS_KEY"] as const),
	Object.freeze([ERR_AUTH, "ERR_AUTH"] as const),
	Object.freeze([ERR_AUTH_MESG_FRAGMENTED, "ERR_AUTH_MESG_FRAGMENTED"] as const),
	Object.freeze([ERR_AUTH_UNEXPECTED_MESG, "ERR_AUTH_UNEXPECTED_MESG"] as const),
	Object.freeze([ERR_AUTH_FAILED, "ERR_AUTH_FAILED"] as const),
	Object.freeze([ERR_AUTH_BAD_SIGNATURE, "ERR_AUTH_BAD_SIGNATURE"] as const),
	Object.freeze([ERR_AUTH_MISCONFIGURED, "ERR_AUTH_MISCONFIGURED"] as const),
	Object.freeze([ERR_AUTH_MISCONFIGURED_PROMPTS, "ERR_AUTH_MISCONFIGURED_PROMPTS"] as const),
	Object.freeze([ERR_AUTH_UNKNOWN_METHOD, "ERR_AUTH_UNKNOWN_METHOD"] as const),
	Object.freeze([ERR_SSH_DISCONNECT, "ERR_SSH_DISCONNECT"] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT,
		"ERR_SSH_DISCONNECT_HOST_NOT_ALLOWED_TO_CONNECT",
	] as const),
	Object.freeze([ERR_SSH_DISCONNECT_PROTOCOL_ERROR, "ERR_SSH_DISCONNECT_PROTOCOL_ERROR"] as const),
	Object.freeze([ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED, "ERR_SSH_DISCONNECT_KEY_EXCHANGE_FAILED"] as const),
	Object.freeze([ERR_SSH_DISCONNECT_RESERVED, "ERR_SSH_DISCONNECT_RESERVED"] as const),
	Object.freeze([ERR_SSH_DISCONNECT_MAC_ERROR, "ERR_SSH_DISCONNECT_MAC_ERROR"] as const),
	Object.freeze([ERR_SSH_DISCONNECT_COMPRESSION_ERROR, "ERR_SSH_DISCONNECT_COMPRESSION_ERROR"] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE,
		"ERR_SSH_DISCONNECT_SERVICE_NOT_AVAILABLE",
	] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED,
		"ERR_SSH_DISCONNECT_PROTOCOL_VERSION_NOT_SUPPORTED",
	] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE,
		"ERR_SSH_DISCONNECT_HOST_KEY_NOT_VERIFIABLE",
	] as const),
	Object.freeze([ERR_SSH_DISCONNECT_CONNECTION_LOST, "ERR_SSH_DISCONNECT_CONNECTION_LOST"] as const),
	Object.freeze([ERR_SSH_DISCONNECT_BY_APPLICATION, "ERR_SSH_DISCONNECT_BY_APPLICATION"] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS,
		"ERR_SSH_DISCONNECT_TOO_MANY_CONNECTIONS",
	] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_AUTH_CANCELLED_BY_USER,
		"ERR_SSH_DISCONNECT_AUTH_CANCELLED_BY_USER",
	] as const),
	Object.freeze([
		ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
		"ERR_SSH_DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE",
	] as const),
	Object.freeze([ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME, "ERR_SSH_DISCONNECT_ILLEGAL_USER_NAME"] as const),
	Object.freeze([ERR_SSH_DISCONNECT_CHANNEL_CLOSED, "ERR_SSH_DISCONNECT_CHANNEL_CLOSED"] as const),
	Object.freeze([ERR_RAND, "ERR_RAND"] as const),
	Object.freeze([ERR_RAND_SEED_TOO_LARGE, "ERR_RAND_SEED_TOO_LARGE"] as const),
	Object.freeze([ERR_RAND_CTX_NOT_INITIALIZED, "ERR_RAND_CTX_NOT_INITIALIZED"] as const),
	Object.freeze([ERR_RAND_TERMINATE_THREADS, "ERR_RAND_TERMINATE_THREADS"] as const),
	Object.freeze([ERR_RAND_INVALID_CONTEXT, "ERR_RAND_INVALID_CONTEXT"] as const),
	Object.freeze([ERR_RAND_CTX_ALREADY_INITIALIZED, "ERR_RAND_CTX_ALREADY_INITIALIZED"] as const),
	Object.freeze([ERR_RAND_SEED_METHOD_NOT_SUPPORTED, "ERR_RAND_SEED_METHOD_NOT_SUPPORTED"] as const),
	Object.freeze([ERR_RAND_SEED_LEN_INVALID, "ERR_RAND_SEED_LEN_INVALID"] as const),
	Object.freeze([ERR_RAND_RNG_NOT_USED, "ERR_RAND_RNG_NOT_USED"] as const),
	Object.freeze([ERR_SESSION, "ERR_SESSION"] as const),
	Object.freeze([ERR_SESSION_BAD_PAYLOAD, "ERR_SESSION_BAD_PAYLOAD"] as const),
	Object.freeze([ERR_SESSION_NOT_OPEN, "ERR_SESSION_NOT_OPEN"] as const),
]);

/**
 * The English identifier of a status, as the macro of the same name gives it.
 *
 * @param status a status code; any number is taken
 * @returns its name, such as "ERR_SSH_BAD_ID", or "ERR_UNKNOWN (number)"
 */
export function DISPLAY_ERROR(status: number): string {
	for (const [code, name] of NAMES) if (code === status) return name;
	return `ERR_UNKNOWN (${status})`;
}
