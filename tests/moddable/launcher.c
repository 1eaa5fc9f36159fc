/*
 * Runs an app that mcconfig has built for Linux without a screen:
 *
 *     launcher mc.so
 *
 * It is to the app what the SDK's simulator is, less the window: the app calls back through the structure of screen.h. SIGINT
 * and SIGTERM end it; so does the app when its machine gives up, with status 1.
 */
#include <dlfcn.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#define mxLinux 1
#include "screen.h"

/* The SDK's simulators have at least so many pixels. */
#define WIDTH 240
#define HEIGHT 320

static GMainLoop *loop;
static guint idler;

static gboolean onIdle(gpointer data)
{
	txScreen *screen = data;
	if (screen->idle) (*screen->idle)(screen);
	return G_SOURCE_CONTINUE;
}

static void start(txScreen *screen, double interval)
{
	if (!idler) idler = g_timeout_add((guint)interval, onIdle, screen);
}

static void stop(txScreen *screen)
{
	(void)screen;
	if (idler) g_source_remove(idler);
	idler = 0;
}

static void ignore(txScreen *screen)
{
	(void)screen;
}

/* Messages of the app to itself, which it may post from another thread. */
typedef struct {
	txScreen *screen;
	int size;
	char bytes[];
} Message;

static gboolean onMessage(gpointer data)
{
	Message *message = data;
	txScreen *screen = message->screen;
	if (screen->invoke) (*screen->invoke)(screen, message->bytes, message->size);
	free(message);
	return G_SOURCE_REMOVE;
}

static void post(txScreen *screen, char *bytes, int size)
{
	int length = size ? size : (int)strlen(bytes) + 1;
	Message *message = malloc(sizeof(Message) + length);
	if (!message) abort();
	message->screen = screen;
	message->size = size;
	memcpy(message->bytes, bytes, length);
	g_idle_add(onMessage, message);
}

static void onAbort(txScreen *screen, int why)
{
	(void)screen;
	fprintf(stderr, "launcher: the machine gave up: %d\n", why);
	_Exit(1);
}

static gboolean onSignal(gpointer data)
{
	(void)data;
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

int main(int argc, char **argv)
{
	/* Whoever minds the app may be killed. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The SDK's sockets write to connections that are gone. */
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	void *library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
	txScreenLaunchProc launch = library ? (txScreenLaunchProc)dlsym(library, "fxScreenLaunch") : NULL;
	if (!launch) {
		fprintf(stderr, "launcher: %s\n", argc == 2 ? dlerror() : "usage: launcher mc.so");
		return 2;
	}
	txScreen *screen = calloc(1, sizeof(txScreen) + WIDTH * HEIGHT * screenBytesPerPixel);
	if (!screen) return 2;
	mxCreateMutex(&screen->workersMutex);
	screen->width = WIDTH;
	screen->height = HEIGHT;
	screen->abort = onAbort;
	screen->bufferChanged = ignore;
	screen->formatChanged = ignore;
	screen->post = post;
	screen->start = start;
	screen->stop = stop;
	loop = g_main_loop_new(NULL, FALSE);
	g_unix_signal_add(SIGINT, onSignal, NULL);
	g_unix_signal_add(SIGTERM, onSignal, NULL);
	(*launch)(screen);
	if (!screen->machine) return 2;
	g_main_loop_run(loop);
	if (screen->quit) (*screen->quit)(screen);
	return 0;
}
