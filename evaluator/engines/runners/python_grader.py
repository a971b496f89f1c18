

# The grader: runs the benchmark's tests. The solution is in another process, in
# another sandbox; its functions stand here as proxies. The verdict goes to REPORT,
# which that process does not have: a class of base/flow.h, or "pass", and a line for
# a person.
import _signal

FROM, TO, REPORT = 3, 4, 5


class Remote:
    """An object of the candidate's. Equal to itself alone: what it would say of
    its own equality is not asked."""
    __slots__ = ("_number",)

    def __init__(self, number):
        object.__setattr__(self, "_number", number)

    def __call__(self, *args, **kwargs):
        return ask("call", self, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return ask("getattr", self, name)

    def __setattr__(self, name, value):
        ask("setattr", self, name, value)

    def __getitem__(self, key):
        return ask("getitem", self, key)

    def __setitem__(self, key, value):
        ask("setitem", self, key, value)

    def __len__(self):
        return ask("len", self)

    def __bool__(self):
        return True

    def __iter__(self):
        items = ask("iter", self)
        while item := ask("next", items):
            yield item[0]


remotes, callbacks = {}, []


def mine(value, out):
    if type(value) is Remote:
        out.append(b"h%d:" % object.__getattribute__(value, "_number"))
    elif callable(value):
        callbacks.append(value)
        out.append(b"b%d:" % (len(callbacks) - 1))
    else:
        for base in (int, float, str, list, tuple, dict, set):
            if isinstance(value, base):
                return encode(base(value), out, mine)
        raise TypeError("a test gives the solution a %s, which cannot be sent" % type(value))


def theirs(letter, number):
    if letter != b"h":
        raise Gone("error", "a function that is not its own")
    return remotes.setdefault(number, Remote(number))


def ask(what, *of):
    """What the candidate answers. No test can catch its end."""
    try:
        send(TO, (what, *of), mine)
        reply = receive(FROM, theirs)
        while reply[0] == "callback":
            call_back(*reply[1:])
            reply = receive(FROM, theirs)
    except Gone as gone:
        report(gone.fault, str(gone))
    if reply[0] == "raise":
        raise remote_error(*reply[1:])
    if reply[2] is not None:
        write_back(of[1], reply[2])
    return reply[1]


def call_back(number, args, kwargs):
    try:
        value = ("ok", callbacks[number](*args, **kwargs))
    except Exception as broken:
        value = ("raise", (type(broken).__name__, str(broken)))
    send(TO, value, mine)


def write_back(args, changed):
    """What the function changed in its arguments."""
    for i, new in changed.items():
        old = args[i]
        if type(old) is not type(new):
            raise TypeError("an argument of another type")
        if type(old) in (list, bytearray):
            old[:] = new
        else:
            old.clear()
            old.update(new)


def remote_error(names, text):
    """The solution's exception, as the nearest class of Python's own."""
    for name in names:
        kind = BUILTIN.get(name)
        if isinstance(kind, type) and issubclass(kind, BaseException):
            break
    else:
        kind = Exception
    try:
        error = kind(text)
    except TypeError:
        error = Exception(text)
    error.solution = names[0] + (": " + text if text else "")
    return error


def report(verdict, line=""):
    text = (verdict + "\n" + line).encode("utf-8", "replace")[:4000]
    while text:
        text = text[posix.write(REPORT, text):]
    posix._exit(0)


def names_of(code):
    """Every name that code and the functions in it speak of."""
    names = set(code.co_names)
    for const in code.co_consts:
        if isinstance(const, type(code)):
            names |= names_of(const)
    return names


def last_function(code):
    for const in reversed(code.co_consts):
        if isinstance(const, type(code)) and const.co_name.isidentifier():
            return const.co_name
    return ""


def space_for(test, given, entry):
    """The names that the tests find: the benchmark's own, then the solution's."""
    space, names = {"__name__": "tests"}, names_of(test)
    if given:
        code = compile(given, "given", "exec")
        entry = entry or last_function(code)
        if (names - BUILTIN.keys() - {entry}) & set(code.co_names):
            exec(code, space)
        space.pop(entry, None)
    # The solution may bear a name of Python's own only where it is what is tested:
    # else its sorted() or set() would judge its answers.
    fetch(space, [name for name in names - BUILTIN.keys() if name not in space])
    if entry in BUILTIN:
        fetch(space, [entry])
    elif not entry and not any(type(value) is Remote for value in space.values()):
        fetch(space, [name for name in names & BUILTIN.keys() if name not in space])
    return space


def fetch(space, wanted):
    for name in ask("names", wanted):
        if name in wanted:
            space[name] = ask("name", name)


def run(test, given, entry, limit):
    receive(FROM, theirs)
    _signal.signal(_signal.SIGALRM, lambda *_: report("timeout"))
    _signal.setitimer(_signal.ITIMER_REAL, limit)
    code = compile(test, "tests", "exec")
    loaded = receive(FROM, theirs)
    if loaded[0] != "ok":
        broke(remote_error(*loaded[1:]))
    exec(code, space_for(code, given, entry))


def broke(error):
    said = getattr(error, "solution", None)
    kind = "wrong" if isinstance(error, AssertionError) and said is None else "error"
    if isinstance(error, MemoryError):
        kind = "memory"
    if said is not None and isinstance(error, SyntaxError):
        kind = "compile"
    report(kind, said or where(error) + type(error).__name__ + ": " + str(error))


def where(error):
    """The line of the tests at which it happened."""
    line, at = "", error.__traceback__
    while at:
        if at.tb_frame.f_code.co_filename == "tests":
            lines = tests[0].split("\n")
            line = "tests:%d: %s: " % (at.tb_lineno, lines[at.tb_lineno - 1].strip())
        at = at.tb_next
    return line


tests = []


def main():
    sys.path[:1] = []
    texts = []
    for name in ("test", "given", "entry", "limit"):
        with open(name, encoding="utf-8") as file:
            texts.append(file.read())
    tests.append(texts[0])
    try:
        run(texts[0], texts[1], texts[2], float(texts[3]))
    except Gone as gone:
        report(gone.fault, str(gone))
    except BaseException as error:
        broke(error)
    report("pass")


main()
