/* Waits for requests, for output and for endings; see broker.h. */

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "broker.h"

static bool is(const struct message *message, const char *word)
{
    size_t length = strlen(word);
    return !strncmp(message->words, word, length) && message->words[length] == ' ';
}

static void serve(const struct message *message)
{
    int id = 0, number = 0;
    sscanf(message->words, "%*s %d %d", &id, &number);
    if (is(message, "start"))
        start_program(message);
    else if (is(message, "feed"))
        feed_program(id, message->payload, message->length);
    else if (is(message, "end"))
        end_input(id);
    else if (is(message, "signal"))
        signal_program(id, number);
    else if (is(message, "fresh")) {
        kill_everything();
        int changed = count_changes(message->payload);
        say("done %d %d", make_fresh(), changed);
    } else if (is(message, "files"))
        tell_files(message->payload, id);
    else if (is(message, "put"))
        say("done %d", put_file(message));
    else
        give_up("a request that nobody knows");
}

int main(int argc, char **argv)
{
    sigset_t children;
    find_user(argc > 1 ? argv[1] : "");
    prctl(PR_SET_DUMPABLE, 0);
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigaddset(&children, SIGPIPE);
    sigprocmask(SIG_BLOCK, &children, NULL);
    int endings = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
    if (endings < 0)
        give_up("signalfd");
    for (;;) {
        struct pollfd watched[2 + 3 * MAX_PROGRAMS] = {
            {.fd = 0, .events = POLLIN},
            {.fd = endings, .events = POLLIN},
        };
        int count = 2 + watch_programs(watched + 2);
        if (poll(watched, (nfds_t)count, -1) < 0 && errno != EINTR)
            give_up("poll");
        for (int i = 2; i < count; i++)
            if (watched[i].revents)
                serve_program(watched[i].fd, watched[i].revents);
        if (watched[1].revents) {
            struct signalfd_siginfo told;
            while (read(endings, &told, sizeof told) == sizeof told)
                ;
            reap_programs();
        }
        if (watched[0].revents) {
            struct message message;
            if (!receive(&message))
                return 0;
            serve(&message);
            free(message.payload);
        }
    }
}
