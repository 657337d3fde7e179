import errno
import os
import struct


def attempt(name, function, *args):
    try:
        function(*args)
        print(f"{name}: done")
    except OSError as error:
        print(f"{name}: {errno.errorcode[error.errno]}")


def attributes():
    for number in range(2_000):
        path = f"/tmp/attributes-{number}"
        open(path, "w").close()
        os.setxattr(path, "user.large", b"x" * 3_500)
    os.setxattr(path, "user.larger", b"x" * 60_000)


def access_lists():
    entries = b"".join(struct.pack("<HHI", 0x02, 7, user) for user in range(1, 400))
    head = struct.pack("<I", 2) + struct.pack("<HHI", 0x01, 7, 0xFFFFFFFF)
    rest = b"".join(struct.pack("<HHI", tag, 7, 0xFFFFFFFF) for tag in (0x04, 0x10, 0x20))
    open("/tmp/listed", "w").close()
    os.setxattr("/tmp/listed", "system.posix_acl_access", head + entries + rest)


def names():
    open("/tmp/one", "w").close()
    for number in range(5_000):
        os.link("/tmp/one", f"/tmp/one-{number}-" + "n" * 200)


def petabyte():
    with open("/tmp/petabyte", "wb") as file:
        file.truncate(1 << 50)


def unreadable():
    os.makedirs("/tmp/locked/inside", exist_ok=True)
    open("/tmp/locked/inside/file", "w").close()
    os.chmod("/tmp/locked", 0)
    os.mkfifo("/tmp/pipe")


for function in (attributes, access_lists, names, petabyte, unreadable):
    attempt(function.__name__, function)
