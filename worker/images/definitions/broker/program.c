/* Commands: started, fed, listened to, ended. */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "broker.h"

enum { IN, OUT, ERR };

static struct program {
    int id;
    pid_t pid;
    bool terminal, ending;
    int fd[3];
    size_t told[3];
    char *waiting;
    size_t waits;
    struct timespec begun;
    int flags;
} programs[MAX_PROGRAMS];

struct wish {
    int id, terminal, words, arguments, settings;
    const char *code, *folder;
    char **argv, **environment;
};

static struct program *find(int id)
{
    for (int i = 0; i < MAX_PROGRAMS; i++)
        if (programs[i].pid && programs[i].id == id)
            return &programs[i];
    return NULL;
}

static void shut(struct program *one, int which)
{
    if (one->fd[which] >= 0)
        close(one->fd[which]);
    one->fd[which] = -1;
}

/* -- starting --------------------------------------------------------------------------------- */

static char **strings(char **at, const char *end, int count)
{
    char **list = calloc((size_t)count + 1, sizeof *list);
    for (int i = 0; list && i < count && *at < end; i++) {
        list[i] = *at;
        *at += strlen(*at) + 1;
    }
    return list;
}

/* A word of the program that names a file beside the code means it wherever the command runs. */
static char *located(char *word, const char *code, bool first)
{
    struct stat info;
    char *path;
    if (*word == '/' || *word == '-' || (first && !strchr(word, '/')))
        return word;
    if (asprintf(&path, "%s/%s", code, word) < 0)
        return word;
    return stat(path, &info) || S_ISDIR(info.st_mode) ? word : path;
}

static _Noreturn void become_program(struct wish *wish, const int fd[3], int report)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    if (wish->terminal)
        ioctl(fd[IN], TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        dup2(fd[i], i);
    /* When memory runs out, this goes before the broker does. */
    int score = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (score >= 0 && write(score, "1000", 4) != 4)
        errno = 0;
    close(score);
    become_user_for_good();
    if (!chdir(wish->folder)) {
        for (int i = 0; i < wish->words; i++)
            wish->argv[i] = located(wish->argv[i], wish->code, i == 0);
        environ = wish->environment;
        execvp(wish->argv[0], wish->argv);
    }
    int failure = errno;
    if (write(report, &failure, sizeof failure) < 0)
        _exit(126);
    _exit(127);
}

static bool open_streams(struct wish *wish, int ours[3], int theirs[3])
{
    int pipes[3][2];
    if (wish->terminal) {
        struct winsize size = {.ws_row = 50, .ws_col = 200};
        struct termios mode;
        if (openpty(&ours[OUT], &theirs[IN], NULL, NULL, &size))
            return false;
        /* What is typed is in the transcript already, and a newline stays one. */
        tcgetattr(theirs[IN], &mode);
        mode.c_lflag &= ~(tcflag_t)ECHO;
        mode.c_oflag &= ~(tcflag_t)ONLCR;
        tcsetattr(theirs[IN], TCSANOW, &mode);
        theirs[OUT] = theirs[ERR] = theirs[IN];
        ours[IN] = fcntl(ours[OUT], F_DUPFD_CLOEXEC, 3);
        ours[ERR] = -1;
        /* Programs open /dev/tty by its own rights. */
        return ours[IN] >= 0 && !fchown(theirs[IN], user_id, group_id);
    }
    for (int i = 0; i < 3; i++)
        if (pipe2(pipes[i], O_CLOEXEC))
            return false;
    for (int i = 0; i < 3; i++) {
        ours[i] = pipes[i][i == IN];
        theirs[i] = pipes[i][i != IN];
        /* A command may open its own streams again by name: /dev/stdout. */
        if (fchown(theirs[i], user_id, group_id))
            return false;
    }
    return true;
}

static int spawn(struct wish *wish, struct program *one)
{
    int theirs[3], report[2], failure = 0;
    if (pipe2(report, O_CLOEXEC) || !open_streams(wish, one->fd, theirs))
        return errno;
    for (int i = 0; i < 3; i++)
        if (one->fd[i] >= 0) {
            fcntl(one->fd[i], F_SETFD, FD_CLOEXEC);
            fcntl(one->fd[i], F_SETFL, O_NONBLOCK);
        }
    clock_gettime(CLOCK_MONOTONIC, &one->begun);
    pid_t pid = fork();
    if (pid == 0)
        become_program(wish, theirs, report[1]);
    if (pid < 0)
        failure = errno;
    close(report[1]);
    for (int i = 0; i < (wish->terminal ? 1 : 3); i++)
        close(theirs[i]);
    if (pid > 0 && read(report[0], &failure, sizeof failure) == sizeof failure)
        waitpid(pid, NULL, 0);
    close(report[0]);
    one->pid = failure ? 0 : pid;
    return failure;
}

int start_program(const struct message *message)
{
    struct wish wish = {0};
    struct program *one = programs;
    while (one < programs + MAX_PROGRAMS && one->pid)
        one++;
    if (sscanf(message->words, "start %d %d %d %d %d", &wish.id, &wish.terminal, &wish.words,
               &wish.arguments, &wish.settings) != 5)
        give_up("no start request");
    if (one == programs + MAX_PROGRAMS) {
        say("failed %d %d", wish.id, EAGAIN);
        return EAGAIN;
    }
    char *at = message->payload;
    const char *end = at + message->length;
    char **folders = strings(&at, end, 2);
    wish.code = folders[0];
    wish.folder = folders[1];
    wish.argv = strings(&at, end, wish.words + wish.arguments);
    wish.environment = strings(&at, end, wish.settings);
    *one = (struct program){.id = wish.id, .terminal = wish.terminal, .fd = {-1, -1, -1}};
    int failure = spawn(&wish, one);
    if (failure) {
        for (int i = 0; i < 3; i++)
            shut(one, i);
        say("failed %d %d", wish.id, failure);
    } else
        say("started %d", wish.id);
    free(folders);
    free(wish.argv);
    free(wish.environment);
    return failure;
}

/* -- input ------------------------------------------------------------------------------------ */

static void push_input(struct program *one)
{
    while (one->waits && one->fd[IN] >= 0) {
        ssize_t put = write(one->fd[IN], one->waiting, one->waits);
        if (put < 0 && errno == EAGAIN)
            return;
        if (put <= 0) {
            one->waits = 0;
            shut(one, IN);
            return;
        }
        one->waits -= (size_t)put;
        memmove(one->waiting, one->waiting + put, one->waits);
    }
    if (one->ending && !one->waits && !one->terminal)
        shut(one, IN);
}

void feed_program(int id, const char *bytes, size_t length)
{
    struct program *one = find(id);
    if (!one || one->fd[IN] < 0 || one->waits + length > MAX_TYPED)
        return;
    char *more = realloc(one->waiting, one->waits + length);
    if (length && !more)
        return;
    one->waiting = more;
    memcpy(one->waiting + one->waits, bytes, length);
    one->waits += length;
    push_input(one);
}

void end_input(int id)
{
    struct program *one = find(id);
    if (!one)
        return;
    one->ending = true;
    if (one->terminal)
        feed_program(id, "\004", 1);
    else
        push_input(one);
}

void signal_program(int id, int number)
{
    struct program *one = find(id);
    if (one)
        kill(-one->pid, number);
}

/* -- output and endings ----------------------------------------------------------------------- */

static void pull_output(struct program *one, int which)
{
    char bytes[16 * 1024];
    while (one->fd[which] >= 0) {
        ssize_t got = read(one->fd[which], bytes, sizeof bytes);
        if (got < 0 && errno == EAGAIN)
            return;
        if (got <= 0) {
            shut(one, which);
            return;
        }
        size_t room = MAX_OUTPUT - one->told[which];
        size_t kept = (size_t)got < room ? (size_t)got : room;
        one->told[which] += kept;
        if (kept)
            say_with(bytes, kept, "%s %d", which == OUT ? "out" : "err", one->id);
        if (kept < (size_t)got) {
            one->flags |= FLAG_FLOOD;
            kill(-one->pid, SIGKILL);
            shut(one, which);
        }
    }
}

static void tell_exit(struct program *one, int status, const struct rusage *used)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long took = (now.tv_sec - one->begun.tv_sec) * 1000000L +
                (now.tv_nsec - one->begun.tv_nsec) / 1000L;
    pull_output(one, OUT);
    pull_output(one, ERR);
    for (int i = 0; i < 3; i++)
        shut(one, i);
    free(one->waiting);
    if (sandbox_is_full())
        one->flags |= FLAG_FULL;
    say("exit %d %d %d %ld %ld %d", one->id, WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        WIFSIGNALED(status) ? WTERMSIG(status) : 0, took, used->ru_maxrss, one->flags);
    one->pid = 0;
}

/* As the first process we are the parent of every orphan. */
void reap_programs(void)
{
    int status;
    struct rusage used;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0)
        for (int i = 0; i < MAX_PROGRAMS; i++)
            if (programs[i].pid == pid)
                tell_exit(&programs[i], status, &used);
}

/* Every process of the container but this one: nothing lives on from one check to the next. */
void kill_everything(void)
{
    int status;
    struct rusage used;
    pid_t pid;
    do {
        kill(-1, SIGKILL);
        while ((pid = wait4(-1, &status, 0, &used)) > 0)
            for (int i = 0; i < MAX_PROGRAMS; i++)
                if (programs[i].pid == pid)
                    tell_exit(&programs[i], status, &used);
    } while (errno != ECHILD);
}

int watch_programs(struct pollfd *into)
{
    int count = 0;
    for (int i = 0; i < MAX_PROGRAMS; i++) {
        struct program *one = &programs[i];
        if (!one->pid)
            continue;
        for (int which = OUT; which <= ERR; which++)
            if (one->fd[which] >= 0)
                into[count++] = (struct pollfd){.fd = one->fd[which], .events = POLLIN};
        if (one->waits && one->fd[IN] >= 0)
            into[count++] = (struct pollfd){.fd = one->fd[IN], .events = POLLOUT};
    }
    return count;
}

void serve_program(int fd, short events)
{
    for (int i = 0; i < MAX_PROGRAMS; i++)
        for (int which = IN; which <= ERR && programs[i].pid; which++)
            if (programs[i].fd[which] == fd) {
                if (which == IN && events & (POLLOUT | POLLERR | POLLHUP))
                    push_input(&programs[i]);
                else if (which != IN)
                    pull_output(&programs[i], which);
                return;
            }
}
