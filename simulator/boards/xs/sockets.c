/*
 * embedded:io/socket/listener and embedded:io/socket/tcp (ECMA-419), as the Moddable SDK has them on lwIP: to read more
 * than is there throws, and so does to write more than fits; onReadable and onWritable come when there is more, not
 * while there is some; the end of the peer's bytes is an error, told once all of them are read.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>
#include "xsmc.h"
#include "board.h"

/* What lwIP holds for a connection in each direction, by default on an ESP32: four segments. */
#define WINDOW 5744
/* Connections that wait for read(); lwIP leaves the count to its pool. */
#define BACKLOG 8
/* How long a closed connection may send its last bytes and hear the peer out. Milliseconds. */
#define LINGER 3000
/* So many of those at once. For one more the oldest goes, as lwIP ends one where its 16 control blocks are all taken. */
#define MAX_LINGERING 8
#define MAX_SOCKETS 256

enum { READABLE = 1, WRITABLE = 2, ERROR = 4 };

typedef struct Tcp Tcp;

/* A connection of the system. It outlives its object, to send what is left. */
typedef struct Stream {
	struct Stream *next;
	Tcp *owner;
	int fd;
	/* No more bytes will come from the peer, or go to it. */
	int ended, broken;
	int triggered;
	uint64_t deadline;
	int received, sent, unsent;
	uint8_t in[WINDOW];
	uint8_t out[WINDOW];
} Stream;

/* What a TCP object holds. */
struct Tcp {
	xsMachine *the;
	xsSlot object;
	Stream *stream;
	xsSlot *onReadable, *onWritable, *onError;
	int failed;
};

typedef struct Listener {
	struct Listener *next;
	xsMachine *the;
	xsSlot object;
	int fd, closed;
	xsSlot *onReadable;
} Listener;

/* Those that have an owner, and those that had none when sweep() came by; the oldest first. */
static Stream *streams, *lingering;
static Listener *listeners;
static xsSlot tcpPrototype;
static const xsHostHooks tcpHooks, listenerHooks;

/* --- options */

static xsSlot *callback(xsMachine *the, const char *name)
{
	xsmcGet(xsVar(0), xsArg(0), xsID(name));
	if (!xsmcTest(xsVar(0))) return NULL;
	if (!xsmcIsCallable(xsVar(0))) xsTypeError("%s: not a function", name);
	return xsToReference(xsVar(0));
}

static void setTarget(xsMachine *the)
{
	xsmcGet(xsVar(0), xsArg(0), xsID("target"));
	if (xsmcTest(xsVar(0))) xsmcSet(xsThis, xsID("target"), xsVar(0));
}

static void makeThis(xsMachine *the)
{
	if (xsmcTypeOf(xsTarget) != xsReferenceType) xsTypeError("call without new");
	xsmcVars(2);
	xsmcGet(xsVar(0), xsTarget, xsID("prototype"));
	xsResult = xsNewHostInstance(xsVar(0));
	xsThis = xsResult;
}

/* --- TCP */

static void append(Stream **list, Stream *stream)
{
	while (*list) list = &(*list)->next;
	stream->next = NULL;
	*list = stream;
}

static void markTcp(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Tcp *tcp = data;
	if (tcp->onReadable) (*markRoot)(the, tcp->onReadable);
	if (tcp->onWritable) (*markRoot)(the, tcp->onWritable);
	if (tcp->onError) (*markRoot)(the, tcp->onError);
}

static void letGo(Tcp *tcp)
{
	if (tcp->stream) {
		tcp->stream->owner = NULL;
		tcp->stream->deadline = boardMilliseconds() + LINGER;
	}
	free(tcp);
}

static void destroyTcp(void *data)
{
	if (data) letGo(data);
}

static const xsHostHooks tcpHooks = { destroyTcp, markTcp, NULL };

static Tcp *attach(xsMachine *the, Stream *stream)
{
	Tcp *tcp = calloc(1, sizeof(Tcp));
	if (!tcp) xsRangeError("no memory");
	xsmcSetHostData(xsResult, tcp);
	tcp->the = the;
	tcp->object = xsResult;
	xsRemember(tcp->object);
	tcp->stream = stream;
	stream->owner = tcp;
	return tcp;
}

static Tcp *thisTcp(xsMachine *the)
{
	Tcp *tcp = xsmcGetHostDataValidate(xsThis, (void *)&tcpHooks);
	if (!tcp) xsUnknownError("closed");
	return tcp;
}

static void closeTcp(xsMachine *the, xsSlot *object)
{
	Tcp *tcp = xsmcGetHostData(*object);
	if (!tcp) return;
	xsForget(tcp->object);
	xsmcSetHostData(*object, NULL);
	letGo(tcp);
}

static void xs_tcp(xsMachine *the)
{
	makeThis(the);
	xsmcGet(xsVar(1), xsArg(0), xsID("from"));
	if (!xsmcTest(xsVar(1))) xsUnknownError("the board does not connect");
	Tcp *from = xsmcGetHostDataValidate(xsVar(1), (void *)&tcpHooks);
	if (!from || !from->stream) xsUnknownError("invalid from");
	xsSlot *onReadable = callback(the, "onReadable");
	xsSlot *onWritable = callback(the, "onWritable");
	xsSlot *onError = callback(the, "onError");
	setTarget(the);
	Stream *stream = from->stream;
	Tcp *tcp = attach(the, stream);
	from->stream = NULL;
	closeTcp(the, &xsVar(1));
	tcp->onReadable = onReadable;
	tcp->onWritable = onWritable;
	tcp->onError = onError;
	stream->triggered |= WRITABLE;
	if (stream->received) stream->triggered |= READABLE;
	else if (stream->ended) stream->triggered |= ERROR;
}

static void xs_tcp_close(xsMachine *the)
{
	closeTcp(the, &xsThis);
}

static void xs_tcp_read(xsMachine *the)
{
	Stream *stream = thisTcp(the)->stream;
	void *to;
	xsUnsignedValue count = stream->received;
	if (!stream->received) return;
	if (xsmcArgc && xsmcTypeOf(xsArg(0)) == xsReferenceType) {
		xsmcGetBufferWritable(xsArg(0), &to, &count);
		if (count == 0 || count > (xsUnsignedValue)stream->received) xsUnknownError("invalid");
		xsmcSetInteger(xsResult, count);
	}
	else {
		if (xsmcArgc) count = xsmcToInteger(xsArg(0));
		if (count == 0 || count > (xsUnsignedValue)stream->received) xsUnknownError("invalid");
		xsmcSetArrayBuffer(xsResult, NULL, count);
		to = xsmcToArrayBuffer(xsResult);
	}
	memcpy(to, stream->in, count);
	stream->received -= count;
	memmove(stream->in, stream->in + count, stream->received);
	if (!stream->received && stream->ended) stream->triggered |= ERROR;
}

static void xs_tcp_write(xsMachine *the)
{
	Tcp *tcp = thisTcp(the);
	Stream *stream = tcp->stream;
	void *bytes;
	xsUnsignedValue count;
	if (tcp->failed || stream->broken) return;
	xsmcGetBufferReadable(xsArg(0), &bytes, &count);
	if (count > (xsUnsignedValue)(WINDOW - stream->unsent)) xsUnknownError("would block");
	if (stream->sent + stream->unsent + count > WINDOW) {
		memmove(stream->out, stream->out + stream->sent, stream->unsent);
		stream->sent = 0;
	}
	memcpy(stream->out + stream->sent + stream->unsent, bytes, count);
	stream->unsent += count;
	xsmcSetInteger(xsResult, WINDOW - stream->unsent);
}

static void xs_tcp_get_remoteAddress(xsMachine *the)
{
	struct sockaddr_in6 peer;
	socklen_t size = sizeof(peer);
	char text[INET6_ADDRSTRLEN] = "", *plain = text;
	if (getpeername(thisTcp(the)->stream->fd, (struct sockaddr *)&peer, &size)) return;
	if (peer.sin6_family == AF_INET) inet_ntop(AF_INET, &((struct sockaddr_in *)&peer)->sin_addr, text, sizeof(text));
	else {
		inet_ntop(AF_INET6, &peer.sin6_addr, text, sizeof(text));
		if (IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr)) plain = strrchr(text, ':') + 1;
	}
	xsmcSetString(xsResult, plain);
}

static void xs_tcp_get_format(xsMachine *the)
{
	xsmcSetString(xsResult, "buffer");
}

/* --- Listener */

static void markListener(xsMachine *the, void *data, xsMarkRoot markRoot)
{
	Listener *listener = data;
	if (listener->onReadable) (*markRoot)(the, listener->onReadable);
}

static const xsHostHooks listenerHooks = { NULL, markListener, NULL };

static int openListener(const char *address, int port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr *name = (struct sockaddr *)&v4;
	socklen_t size = sizeof(v4);
	int one = 1, zero = 0;
	if (!inet_pton(AF_INET, address, &v4.sin_addr)) {
		if (!inet_pton(AF_INET6, address, &v6.sin6_addr)) {
			errno = EADDRNOTAVAIL;
			return -1;
		}
		name = (struct sockaddr *)&v6;
		size = sizeof(v6);
	}
	int fd = socket(name->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (name->sa_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	if (bind(fd, name, size) || listen(fd, BACKLOG)) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static void xs_listener(xsMachine *the)
{
	char address[64] = "0.0.0.0";
	int port = 0;
	makeThis(the);
	xsmcGet(xsVar(1), xsArg(0), xsID("port"));
	if (xsmcTypeOf(xsVar(1)) != xsUndefinedType) port = xsmcToInteger(xsVar(1));
	if (port < 0 || port > 65535) xsRangeError("invalid port");
	xsmcGet(xsVar(1), xsArg(0), xsID("address"));
	if (xsmcTest(xsVar(1))) xsmcToStringBuffer(xsVar(1), address, sizeof(address));
	if (!strcmp(address, "localhost")) strcpy(address, "127.0.0.1");
	xsSlot *onReadable = callback(the, "onReadable");
	setTarget(the);
	Listener *listener = calloc(1, sizeof(Listener));
	if (!listener) xsRangeError("no memory");
	listener->fd = openListener(address, port);
	if (listener->fd < 0) {
		free(listener);
		xsUnknownError("listen on %s port %d: %s", address, port, strerror(errno));
	}
	xsmcSetHostData(xsThis, listener);
	listener->the = the;
	listener->object = xsThis;
	xsRemember(listener->object);
	listener->onReadable = onReadable;
	listener->next = listeners;
	listeners = listener;
}

static Listener *thisListener(xsMachine *the)
{
	Listener *listener = xsmcGetHostDataValidate(xsThis, (void *)&listenerHooks);
	if (!listener) xsUnknownError("closed");
	return listener;
}

static void xs_listener_close(xsMachine *the)
{
	Listener *listener = xsmcGetHostData(xsThis);
	if (!listener) return;
	xsForget(listener->object);
	xsmcSetHostData(xsThis, NULL);
	close(listener->fd);
	listener->closed = 1;
}

static void xs_listener_read(xsMachine *the)
{
	Listener *listener = thisListener(the);
	int one = 1;
	int fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0) return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	Stream *stream = calloc(1, sizeof(Stream));
	if (!stream) {
		close(fd);
		xsRangeError("no memory");
	}
	stream->fd = fd;
	append(&streams, stream);
	xsResult = xsNewHostInstance(tcpPrototype);
	attach(the, stream);
}

static void xs_listener_get_port(xsMachine *the)
{
	struct sockaddr_in6 name;
	socklen_t size = sizeof(name);
	getsockname(thisListener(the)->fd, (struct sockaddr *)&name, &size);
	xsmcSetInteger(xsResult, ntohs(name.sin6_port));
}

/* --- the loop */

static void sendBytes(Stream *stream)
{
	ssize_t count = send(stream->fd, stream->out + stream->sent, stream->unsent, MSG_NOSIGNAL);
	if (count > 0) {
		stream->sent += count;
		stream->unsent -= count;
		if (!stream->unsent) stream->sent = 0;
		stream->triggered |= WRITABLE;
	}
	else if (count < 0 && errno != EAGAIN && errno != EINTR) {
		stream->broken = stream->ended = 1;
		stream->unsent = 0;
		stream->triggered |= ERROR;
	}
}

/* A stream that nobody owns is heard out, for to close it with bytes unread would reset the connection. */
static void receiveBytes(Stream *stream)
{
	if (!stream->owner) stream->received = 0;
	ssize_t count = recv(stream->fd, stream->in + stream->received, WINDOW - stream->received, 0);
	if (count > 0) {
		stream->received += count;
		stream->triggered |= READABLE;
	}
	else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
		stream->ended = 1;
		if (count < 0) stream->broken = 1;
		stream->triggered |= ERROR;
	}
}

/* A callback that let an exception through cannot be counted on for the rest: its connection ends. */
static void giveUp(Tcp *tcp)
{
	xsSlot object = tcp->object;
	closeTcp(tcp->the, &object);
}

/* Calls one callback, with a number unless that is below zero. */
static void call(Tcp *tcp, xsSlot *callback, int number)
{
	Stream *stream = tcp->stream;
	volatile int returned = 0;
	xsBeginHost(tcp->the);
	xsmcVars(1);
	if (number < 0) xsCallFunction0(xsReference(callback), tcp->object);
	else {
		xsmcSetInteger(xsVar(0), number);
		xsCallFunction1(xsReference(callback), tcp->object, xsVar(0));
	}
	returned = 1;
	xsEndHost(tcp->the);
	if (!returned && stream->owner == tcp) giveUp(tcp);
}

/* Calls the callbacks of one stream. Any of them may close it, and then the rest does not follow. */
static void tell(Stream *stream)
{
	int triggered = stream->triggered;
	Tcp *tcp = stream->owner;
	stream->triggered = 0;
	if (!tcp) return;
	if ((triggered & READABLE) && stream->received && tcp->onReadable) call(tcp, tcp->onReadable, stream->received);
	if (stream->owner != tcp) return;
	/* Who waits to write hears of a reset at once: what is left to read may stay for ever. */
	if ((stream->broken || (stream->ended && !stream->received)) && (triggered & ERROR)) {
		if (tcp->failed) return;
		tcp->failed = 1;
		if (tcp->onError) call(tcp, tcp->onError, -1);
	}
	else if ((triggered & WRITABLE) && !stream->broken && tcp->onWritable)
		call(tcp, tcp->onWritable, WINDOW - stream->unsent);
}

static void tellListener(Listener *listener)
{
	if (listener->closed || !listener->onReadable) return;
	xsBeginHost(listener->the);
	xsmcVars(1);
	xsmcSetInteger(xsVar(0), 1);
	xsCallFunction1(xsReference(listener->onReadable), listener->object, xsVar(0));
	xsEndHost(listener->the);
}

static void drop(Stream **at)
{
	Stream *stream = *at;
	*at = stream->next;
	if (stream->unsent) sendBytes(stream);
	close(stream->fd);
	free(stream);
}

/* Drops what is closed. Of a stream that nobody owns, the writing side ends once its last byte is out. */
static void sweep(void)
{
	int count = 0;
	for (Listener **at = &listeners; *at;) {
		Listener *listener = *at;
		if (listener->closed) {
			*at = listener->next;
			free(listener);
		}
		else at = &listener->next;
	}
	for (Stream **at = &streams; *at;) {
		Stream *stream = *at;
		if (stream->owner) at = &stream->next;
		else {
			*at = stream->next;
			append(&lingering, stream);
		}
	}
	for (Stream **at = &lingering; *at;) {
		Stream *stream = *at;
		if (!stream->unsent && !stream->ended && !stream->broken) shutdown(stream->fd, SHUT_WR);
		if ((stream->ended && !stream->unsent) || boardMilliseconds() >= stream->deadline) drop(at);
		else {
			at = &stream->next;
			count++;
		}
	}
	while (count-- > MAX_LINGERING) drop(&lingering);
}

typedef struct {
	struct pollfd polls[MAX_SOCKETS];
	Stream *streams[MAX_SOCKETS];
	int count;
} Polled;

static void add(Polled *polled, Stream *stream)
{
	for (; stream && polled->count < MAX_SOCKETS; stream = stream->next) {
		short events = stream->unsent ? POLLOUT : 0;
		if (!stream->ended && (!stream->owner || stream->received < WINDOW)) events |= POLLIN;
		polled->streams[polled->count] = stream;
		polled->polls[polled->count++] = (struct pollfd){ events ? stream->fd : -1, events, 0 };
	}
}

int boardRunSockets(xsMachine *the, int milliseconds)
{
	Polled polled;
	polled.count = 0;
	sweep();
	for (Listener *each = listeners; each && polled.count < MAX_SOCKETS; each = each->next)
		polled.polls[polled.count++] = (struct pollfd){ each->fd, POLLIN, 0 };
	int first = polled.count;
	/* Those who are served come first, however many are on their way out. */
	add(&polled, streams);
	int owned = polled.count;
	add(&polled, lingering);
	for (int i = first; i < owned; i++)
		if (polled.streams[i]->triggered) milliseconds = 0;
	if (lingering && (milliseconds < 0 || milliseconds > LINGER)) milliseconds = LINGER;
	if (polled.count == 0 && milliseconds < 0) return 0;
	if (poll(polled.polls, polled.count, milliseconds) < 0) return polled.count;
	for (int i = first; i < polled.count; i++) {
		short events = polled.polls[i].revents;
		if (events & (POLLOUT | POLLERR)) sendBytes(polled.streams[i]);
		if (events & (POLLIN | POLLHUP | POLLERR)) receiveBytes(polled.streams[i]);
	}
	/* Callbacks add to the front of the listeners only, and sweep() alone takes away. */
	Listener *each = listeners;
	for (int i = 0; i < first; i++, each = each->next)
		if (polled.polls[i].revents) tellListener(each);
	for (int i = first; i < owned; i++)
		if (polled.streams[i]->triggered) tell(polled.streams[i]);
	return polled.count;
}

/* --- what firmware sees */

static void method(xsMachine *the, const char *name, xsCallback function, int length)
{
	xsVar(3) = xsNewHostFunction(function, length);
	xsmcDefine(xsVar(1), xsID(name), xsVar(3), xsDontEnum);
}

static void getter(xsMachine *the, const char *name, xsCallback function)
{
	xsVar(3) = xsNewHostFunction(function, 0);
	xsmcDefine(xsVar(1), xsID(name), xsVar(3), xsIsGetter | xsDontEnum);
}

void boardInstallSockets(xsMachine *the)
{
	xsVar(1) = xsNewHostObject(NULL);
	xsSetHostHooks(xsVar(1), (xsHostHooks *)&tcpHooks);
	method(the, "close", xs_tcp_close, 0);
	method(the, "read", xs_tcp_read, 1);
	method(the, "write", xs_tcp_write, 1);
	getter(the, "remoteAddress", xs_tcp_get_remoteAddress);
	getter(the, "format", xs_tcp_get_format);
	xsVar(2) = xsNewHostConstructor(xs_tcp, 1, xsVar(1));
	xsmcSet(xsVar(0), xsID("TCP"), xsVar(2));
	tcpPrototype = xsVar(1);
	xsRemember(tcpPrototype);

	xsVar(1) = xsNewHostObject(NULL);
	xsSetHostHooks(xsVar(1), (xsHostHooks *)&listenerHooks);
	method(the, "close", xs_listener_close, 0);
	method(the, "read", xs_listener_read, 0);
	getter(the, "port", xs_listener_get_port);
	xsVar(2) = xsNewHostConstructor(xs_listener, 1, xsVar(1));
	xsmcSet(xsVar(0), xsID("Listener"), xsVar(2));
}
