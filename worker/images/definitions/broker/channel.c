/* The line to the worker. Whoever closes it ends the broker, and with it every process here. */

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "broker.h"

_Noreturn void give_up(const char *what)
{
    dprintf(2, "broker: %s: %s\n", what, errno ? strerror(errno) : "no more to read");
    _exit(70);
}

static bool read_all(char *into, size_t length)
{
    while (length) {
        ssize_t got = read(0, into, length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        into += got;
        length -= (size_t)got;
    }
    return true;
}

/* The next request; false when the worker has gone. The payload is the caller's to free. */
bool receive(struct message *message)
{
    size_t used = 0;
    do {
        if (used + 1 == sizeof message->words || !read_all(message->words + used, 1))
            return false;
    } while (message->words[used++] != '\n');
    message->words[used - 1] = 0;
    const char *last = strrchr(message->words, ' ');
    message->length = last ? strtoul(last + 1, NULL, 10) : 0;
    if (message->length > MAX_PAYLOAD)
        return false;
    message->payload = malloc(message->length + 1);
    if (!message->payload)
        return false;
    message->payload[message->length] = 0;
    return read_all(message->payload, message->length);
}

static void write_all(const char *bytes, size_t length)
{
    while (length) {
        ssize_t put = write(1, bytes, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            give_up("the worker does not read");
        bytes += put;
        length -= (size_t)put;
    }
}

void say_with(const void *payload, size_t length, const char *format, ...)
{
    char line[256];
    va_list rest;
    va_start(rest, format);
    int used = vsnprintf(line, sizeof line - 32, format, rest);
    va_end(rest);
    used += snprintf(line + used, sizeof line - (size_t)used, " %zu\n", length);
    write_all(line, (size_t)used);
    write_all(payload, length);
}

void say(const char *format, ...)
{
    char line[256];
    va_list rest;
    va_start(rest, format);
    vsnprintf(line, sizeof line, format, rest);
    va_end(rest);
    say_with("", 0, "%s", line);
}
