/* The broker: first process of a container, starts commands there and tells the worker.

   Requests come on standard input, answers go to standard output. Each is a line of words and
   numbers, then as many bytes as its last number says:

     fresh LENGTH                                -> done LEFT CHANGED 0
     start ID TERMINAL PROGRAM ARGS ENV LENGTH   -> started ID 0, or failed ID ERRNO 0
     feed ID LENGTH      end ID 0      signal ID NUMBER 0
     files CHANGED LENGTH                        -> file SIZE LENGTH ..., done 0
     put LENGTH                                  -> done ERRNO
   and unasked:
     out ID LENGTH       err ID LENGTH
     exit ID CODE SIGNAL MICROSECONDS KILOBYTES FLAGS 0

   "fresh" ends every process and empties the folders that commands work in. LEFT entries could not
   be removed; CHANGED are those below the folder that is its payload, the code's, that are not as
   they were the last time. The payload of "start" is strings, each ended by a zero byte: the folder of the code, the folder
   to run in, PROGRAM words, ARGS arguments, ENV settings. Of "files": the folder. Of "put": name,
   zero byte, content.

   docs/decisions/0011-a-broker-runs-commands.md */

#ifndef BROKER_H
#define BROKER_H

#include <stdbool.h>
#include <stddef.h>
#include <poll.h>
#include <sys/types.h>

#define ROOT "/sandbox"
#define WORK ROOT "/work"

enum { MAX_PROGRAMS = 32, MAX_OUTPUT = 256 * 1024, MAX_TYPED = 1024 * 1024 };
enum { MAX_PAYLOAD = 4 * 1024 * 1024 };
enum { FLAG_FLOOD = 1, FLAG_FULL = 2 };

struct message {
    char words[256];
    char *payload;
    size_t length;
};

/* channel.c */
bool receive(struct message *message);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_with(const void *payload, size_t length, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
_Noreturn void give_up(const char *what);

/* user.c */
extern uid_t user_id;
extern gid_t group_id;
void find_user(const char *text);
void become_user_for_files(void);
void become_broker_again(void);
void become_user_for_good(void);

/* program.c */
int start_program(const struct message *message);
void feed_program(int id, const char *bytes, size_t length);
void end_input(int id);
void signal_program(int id, int number);
void reap_programs(void);
void kill_everything(void);
int watch_programs(struct pollfd *into);
void serve_program(int fd, short events);

/* files.c */
int make_fresh(void);
int count_changes(const char *folder);
void tell_files(const char *folder, bool changed_only);
int put_file(const struct message *message);
bool sandbox_is_full(void);

#endif
