"""The driver: runs in the learner's container, does as it is told, decides nothing.

Sent as text to ``python -I -c`` with a port and a token; the folders of the code are those of
``PYTHONPATH``, the project's own last. It imports nothing but the standard library, all of it
before any folder of the learner's is on the path, and has to run on every Python that a learner
may ask for.

It connects to the harness on the loopback of the pod and says ``{"hello": token}``. A line is one
JSON object. Requests on this first line:

    {"op": "scan"}                           -> {"classes": [...]}
    {"op": "load", "file": …, "name": …}      -> {"methods": {...}} or {"raised": {...}}
    {"op": "fork", "token": …, "spare_mb": …} -> {"ended": [code, signal]}, when the case is over

Each case is a process of its own, forked from the one in which nothing but the import has
happened, with a line of its own. Requests there:

    {"op": "new", "args": […]}               -> {"value": …} or {"raised": {...}}
    {"op": "call", "on": object, "name": …, "args": […]}
    {"op": "len", "on": object}
    {"op": "list", "on": object, "most": …}

While it does one, it may ask ``{"ask": [name, key, key]}`` and reads ``{"answer": value}``: counted
keys have no value here, so that whoever wants to know their order has to ask, and is counted.

Values are plain data: ``["int", "7"]``, ``["str", "a"]``, ``["tuple", […]]``, ``["key", 3]``,
``["item", 4]``, ``["load", 5, bytes]``, ``["object", handle, class]``.
"""

# mypy: ignore-errors

import ast
import importlib
import importlib.util
import inspect
import json
import os
import resource
import socket
import sys
import threading
import traceback

MAX_LINE = 1 << 20
MAX_FILES = 2000
MAX_SHOWN = 200
SHOWN_FRAMES = 6
SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist"}


class Line:
    """A connection to the harness."""

    def __init__(self, port, token):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.settimeout(None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.lock = threading.RLock()
        self.send({"hello": token})

    def send(self, message):
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def receive(self):
        text = self.file.readline(MAX_LINE)
        return json.loads(text) if text else None

    def ask(self, *words):
        with self.lock:
            self.send({"ask": words})
            answer = self.receive()
        if answer is None:
            os._exit(0)
        return answer["answer"]


class Counted:
    """What counted keys and items share: the harness knows what they are."""

    line = None

    def __hash__(self):
        return Counted.line.ask("hash", plain(self))

    def __repr__(self):
        return f"<{self.word} {self.number}>"


def comparison(name):
    def compare(self, other):
        if not isinstance(other, (Counted, int, float)):
            return NotImplemented
        answer = Counted.line.ask(name, plain(self), plain(other))
        return NotImplemented if answer is None else answer

    return compare


class Item(Counted):
    """An item: equal or not, and a hash."""

    word = "item"
    __eq__ = comparison("eq")
    __ne__ = comparison("ne")
    __hash__ = Counted.__hash__

    def __init__(self, number):
        self.number = number


class Key(Counted, int):
    """A priority: a number as far as anybody can see, but only comparing tells which."""

    word = "key"
    __eq__ = comparison("eq")
    __ne__ = comparison("ne")
    __lt__ = comparison("lt")
    __le__ = comparison("le")
    __gt__ = comparison("gt")
    __ge__ = comparison("ge")
    __hash__ = Counted.__hash__

    def __new__(cls, number):
        key = int.__new__(cls, 1)
        key.number = number
        return key

    def __neg__(self):
        return Key(Counted.line.ask("neg", plain(self)))


class Load:
    """An item that takes much memory."""

    def __init__(self, number, size):
        self.number = number
        self.data = b"x" * size


OBJECTS = []


def plain(value):
    """A value as plain data; what is none is told by its class only."""
    kind = type(value)
    if isinstance(value, (Item, Key)):
        return [value.word, value.number]
    if isinstance(value, Load):
        return ["load", value.number]
    if value is None or kind is bool:
        return ["bool" if kind is bool else "none", value]
    for base in (int, float):
        if isinstance(value, base):
            return [base.__name__, base.__repr__(value)[:MAX_SHOWN]]
    if isinstance(value, str):
        return ["str", str.__str__(value)]
    for base in (tuple, list):
        if isinstance(value, base):
            return [base.__name__, [plain(one) for one in base.__iter__(value)]]
    for handle, known in enumerate(OBJECTS):
        if known is value:
            return ["object", handle, kind.__name__]
    if OBJECTS and kind is type(OBJECTS[0]):
        OBJECTS.append(value)
        return ["object", len(OBJECTS) - 1, kind.__name__]
    return ["object", None, kind.__name__]


def made(data):
    """The value that plain data stand for."""
    kind, value = data[0], data[1]
    if kind in ("tuple", "list"):
        return {"tuple": tuple, "list": list}[kind](made(one) for one in value)
    if kind in ("int", "float"):
        return {"int": int, "float": float}[kind](value)
    if kind == "object":
        return OBJECTS[value]
    if kind == "load":
        return Load(value, data[2])
    return {"key": Key, "item": Item}[kind](value) if kind in ("key", "item") else value


def raised(error):
    """An exception as plain data."""
    try:
        text = str(error)[:MAX_SHOWN]
    except Exception:
        text = ""
    frames = traceback.extract_tb(error.__traceback__)
    # Those of this driver and of Python's own import tell a learner nothing.
    own = [frame for frame in frames if not frame.filename.startswith("<")][-SHOWN_FRAMES:]
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(own)]
    lines += traceback.format_exception_only(type(error), error)
    return {
        "kind": type(error).__name__,
        "text": text,
        "bases": [base.__name__ for base in type(error).__mro__],
        "trace": "".join(lines)[-4000:],
    }


# -- finding and importing ------------------------------------------------------------------------


def scan(folders):
    """Every class that stands in a Python file of these folders."""
    found, seen = [], set()
    for root in folders:
        for folder, inner, files in os.walk(root):
            inner[:] = sorted(d for d in inner if d not in SKIPPED and not d.startswith("."))
            for name in sorted(files):
                path = os.path.join(folder, name)
                if name.endswith(".py") and path not in seen and len(seen) < MAX_FILES:
                    seen.add(path)
                    found += classes_of(path, os.path.relpath(path, folders[-1]))
    return found


def classes_of(path, shown):
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(MAX_LINE))
    except (OSError, ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return [
        {
            "file": path,
            "shown": shown,
            "name": node.name,
            "bases": [ast.dump(base) for base in node.bases],
            "methods": [name for part in node.body for name in names_of(part)],
        }
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]


def names_of(part):
    if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return [part.name]
    if isinstance(part, ast.Assign):
        return [target.id for target in part.targets if isinstance(target, ast.Name)]
    return []


def load(path, name, folders):
    """Import a file the way its author does, and look at a class of it."""
    top, parts = os.path.dirname(path), [os.path.basename(path)[:-3]]
    while os.path.exists(os.path.join(top, "__init__.py")):
        parts.insert(0, os.path.basename(top))
        top = os.path.dirname(top)
    if parts[-1] == "__init__":
        parts.pop()
    sys.path[:0] = dict.fromkeys([top, *folders])
    dotted = ".".join(parts)
    if len(parts) > 1 and parts[0] not in sys.modules:
        module = importlib.import_module(dotted)
    else:
        # By its place: a module queue.py is not the one of the standard library.
        spec = importlib.util.spec_from_file_location(dotted, path)
        module = sys.modules[dotted] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    found = getattr(module, name)
    methods = {}
    for method in dir(found):
        try:
            signature = inspect.signature(getattr(found, method))
        except (TypeError, ValueError, AttributeError):
            continue
        methods[method] = [
            [one.name, one.kind.name, one.default is not one.empty]
            for one in signature.parameters.values()
        ]
    return found, {"module": dotted, "methods": methods}


# -- doing ----------------------------------------------------------------------------------------


def act(request, kind):
    """Do one thing with the learner's objects."""
    op = request["op"]
    if op == "new":
        value = kind(*[made(one) for one in request["args"]])
        OBJECTS.append(value)
        return ["object", len(OBJECTS) - 1, type(value).__name__]
    target = OBJECTS[request["on"]]
    if op == "len":
        return plain(len(target))
    if op == "list":
        values = []
        for value in target:
            values.append(value)
            if len(values) >= request["most"]:
                break
        return plain(values)
    return plain(getattr(target, request["name"])(*[made(one) for one in request["args"]]))


def serve(line, kind):
    """A case: until the harness hangs up."""
    Counted.line = line
    while True:
        request = line.receive()
        if request is None:
            os._exit(0)
        try:
            answer = {"value": act(request, kind)}
        except BaseException as error:
            answer = {"raised": raised(error)}
        with line.lock:
            line.send(answer)


def fork(port, request, kind):
    """Serve a case in a process of its own; how that ended."""
    child = os.fork()
    if not child:
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        if request["spare_mb"]:
            with open("/proc/self/statm") as file:
                used = int(file.read().split()[0]) * resource.getpagesize()
            most = used + request["spare_mb"] * 1024 * 1024
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        serve(Line(port, request["token"]), kind)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return [None, os.WTERMSIG(status)]
    return [os.WEXITSTATUS(status), None]


def main(port, token, folders):
    line, kind = Line(port, token), None
    while True:
        request = line.receive()
        if request is None:
            return
        if request["op"] == "scan":
            line.send({"classes": scan(folders)})
        elif request["op"] == "load":
            try:
                kind, answer = load(request["file"], request["name"], folders)
            except BaseException as error:
                answer = {"raised": raised(error)}
            line.send(answer)
        else:
            line.send({"ended": fork(port, request, kind)})


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], os.environ["PYTHONPATH"].split(":"))
