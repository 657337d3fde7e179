/* As whom commands run: the user that the image names, without any capability. */

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "broker.h"

uid_t user_id;
gid_t group_id;

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* USER as a Dockerfile writes it: name or number, and perhaps ":" and a group's. The files are
   read here and not with getpwnam(), which would load parts of a C library that is not there. */
void find_user(const char *text)
{
    char name[128];
    snprintf(name, sizeof name, "%s", text);
    char *group = strchr(name, ':');
    if (group)
        *group++ = 0;
    bool found = is_number(name);
    user_id = found ? (uid_t)strtoul(name, NULL, 10) : 0;
    FILE *file = fopen("/etc/passwd", "re");
    struct passwd *row;
    while (file && (row = fgetpwent(file)))
        if (found ? row->pw_uid == user_id : !strcmp(row->pw_name, name)) {
            user_id = row->pw_uid;
            group_id = row->pw_gid;
            found = true;
            break;
        }
    if (file)
        fclose(file);
    if (!found && *name && strcmp(name, "root")) {
        dprintf(2, "unable to find user %s: no matching entries in passwd file\n", name);
        _exit(71);
    }
    if (!group || !*group)
        return;
    found = is_number(group);
    group_id = found ? (gid_t)strtoul(group, NULL, 10) : 0;
    struct group *entry;
    file = fopen("/etc/group", "re");
    while (!found && file && (entry = fgetgrent(file)))
        if ((found = !strcmp(entry->gr_name, group)))
            group_id = entry->gr_gid;
    if (file)
        fclose(file);
    if (!found) {
        dprintf(2, "unable to find group %s: no matching entries in group file\n", group);
        _exit(71);
    }
}

/* Files are looked at with the user's rights: a link leads nowhere that the user could not go.
   The real user stays ours, so that nobody here can signal or trace us meanwhile. */
void become_user_for_files(void)
{
    if (setegid(group_id) || seteuid(user_id))
        give_up("seteuid");
}

void become_broker_again(void)
{
    if (seteuid(0) || setegid(0))
        give_up("seteuid back");
}

/* In the child, before it becomes the command. */
void become_user_for_good(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    if (setgroups(0, NULL) || setresgid(group_id, group_id, group_id) ||
        setresuid(user_id, user_id, user_id) || syscall(SYS_capset, &head, none))
        _exit(126);
}
