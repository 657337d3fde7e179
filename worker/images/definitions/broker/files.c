/* The folders that commands work in: emptied for each check, listed, and written to. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "broker.h"

enum { MAX_FILES = 200, MAX_DEPTH = 6, MAX_FILE = 64 * 1024, MAX_CONTENT = 512 * 1024 };
enum { MAX_ENTRIES = 20000 };

static struct timespec begun;

/* -- fresh ------------------------------------------------------------------------------------ */

static bool is_dots(const char *name)
{
    return !strcmp(name, ".") || !strcmp(name, "..");
}

/* Removes the entries of a folder; folders in it are emptied into ours and come next. However
   deep they are nested, no path becomes too long and nothing is called again from within. */
static int sweep(int root)
{
    static unsigned number;
    int left = 0;
    DIR *all = fdopendir(openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *entry, *inner;
    while (all && (entry = readdir(all))) {
        if (is_dots(entry->d_name) || !unlinkat(root, entry->d_name, 0))
            continue;
        left++;
        int fd = openat(root, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
        while (folder && (inner = readdir(folder))) {
            char name[32];
            if (is_dots(inner->d_name) || !unlinkat(fd, inner->d_name, 0))
                continue;
            snprintf(name, sizeof name, "removed-%u", number++);
            renameat(fd, inner->d_name, root, name);
        }
        if (folder)
            closedir(folder);
        unlinkat(root, entry->d_name, AT_REMOVEDIR);
    }
    if (all)
        closedir(all);
    return left;
}

/* Empties the sandbox and makes its folders anew; returns how much could not be removed. */
int make_fresh(void)
{
    static const char *const folders[] = {WORK, ROOT "/home", ROOT "/tmp"};
    static const char *const swept[] = {ROOT, "/tmp", "/dev/shm"};
    int left = 0;
    for (size_t i = 0; i < sizeof swept / sizeof *swept; i++) {
        int root = open(swept[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC), more = 0;
        for (int round = 0; root >= 0 && round < MAX_ENTRIES && (more = sweep(root)); round++)
            ;
        close(root);
        left += more;
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (mkdir(folders[i], 0755) || chown(folders[i], user_id, group_id))
            left++;
    clock_gettime(CLOCK_REALTIME_COARSE, &begun);
    return left;
}

bool sandbox_is_full(void)
{
    struct statvfs now;
    return !statvfs(ROOT, &now) && (now.f_bavail == 0 || now.f_favail == 0);
}

/* -- looking ---------------------------------------------------------------------------------- */

struct look {
    bool changed_only, count_only;
    int files, entries, deepest;
    size_t bytes;
    char path[1024];
};

static bool is_new(const struct stat *info)
{
    return info->st_ctim.tv_sec > begun.tv_sec ||
           (info->st_ctim.tv_sec == begun.tv_sec && info->st_ctim.tv_nsec >= begun.tv_nsec);
}

static void tell_file(struct look *look, int fd, const struct stat *info)
{
    static char bytes[sizeof look->path + MAX_FILE];
    size_t name = strlen(look->path) + 1;
    memcpy(bytes, look->path, name);
    size_t room = MAX_CONTENT - look->bytes < MAX_FILE ? MAX_CONTENT - look->bytes : MAX_FILE;
    ssize_t got = read(fd, bytes + name, room);
    look->bytes += got > 0 ? (size_t)got : 0;
    look->files++;
    say_with(bytes, name + (got > 0 ? (size_t)got : 0), "file %lld", (long long)info->st_size);
}

static void walk(struct look *look, int folder, size_t used, int depth)
{
    DIR *all = fdopendir(folder);
    struct dirent *entry;
    while (all && (entry = readdir(all)) && look->files < MAX_FILES) {
        struct stat info;
        if (is_dots(entry->d_name) || ++look->entries > MAX_ENTRIES ||
            !strcmp(entry->d_name, "node_modules") || !strcmp(entry->d_name, ".git") ||
            !strcmp(entry->d_name, "__pycache__"))
            continue;
        int more = snprintf(look->path + used, sizeof look->path - used, "%s%s", used ? "/" : "",
                            entry->d_name);
        int fd = openat(folder, entry->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0 || (size_t)more >= sizeof look->path - used || fstat(fd, &info)) {
            close(fd);
            continue;
        }
        if (S_ISDIR(info.st_mode) && depth < look->deepest) {
            look->files += look->count_only && is_new(&info);
            walk(look, fd, used + (size_t)more, depth + 1);
            continue;
        }
        if (look->count_only)
            look->files += S_ISREG(info.st_mode) && is_new(&info);
        else if (S_ISREG(info.st_mode) && (!look->changed_only || is_new(&info)))
            tell_file(look, fd, &info);
        close(fd);
    }
    if (all)
        closedir(all);
    else
        close(folder);
}

void tell_files(const char *folder, bool changed_only)
{
    struct look look = {.changed_only = changed_only, .deepest = MAX_DEPTH};
    become_user_for_files();
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        walk(&look, fd, 0, 0);
    become_broker_again();
    say("done");
}

/* How many files and folders below a folder were changed, made or removed since make_fresh(). */
int count_changes(const char *folder)
{
    struct look look = {.count_only = true, .deepest = strcmp(folder, "/") ? MAX_DEPTH : 0};
    struct stat info;
    int fd = begun.tv_sec ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        return 0;
    look.files = look.deepest && !fstat(fd, &info) && is_new(&info);
    walk(&look, fd, 0, 0);
    return look.files;
}

/* -- writing ---------------------------------------------------------------------------------- */

int put_file(const struct message *message)
{
    const char *content = message->payload + strlen(message->payload) + 1;
    size_t length = message->length - (size_t)(content - message->payload);
    int failure = 0;
    become_user_for_files();
    int fd = open(message->payload,
                  O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
    if (fd < 0 || write(fd, content, length) != (ssize_t)length)
        failure = errno ? errno : EIO;
    close(fd);
    become_broker_again();
    return failure;
}
