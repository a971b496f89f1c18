# What a grader and a candidate say to each other: plain data of Python's own types
# over a pair of pipes, length before text. Both begin with this file.
#
# A value is a letter and what belongs to it. What is of no type below travels as the
# number under which its owner knows it ("h", an object of the candidate's; "b", a
# function of the grader's), and is only ever used by its owner. So the grader never
# runs a method of an object that was not made by itself.
import posix
import sys

LIMIT = 1 << 26
BUILTIN = vars(sys.modules["builtins"])
sys.set_int_max_str_digits(0)


class Gone(Exception):
    """The other side has ended ("unfinished"), or does not keep to the form ("error")."""

    def __init__(self, fault, text):
        super().__init__(text)
        self.fault = fault


def encode(value, out, owned):
    kind = type(value)
    if value is None:
        out.append(b"N")
    elif kind is bool:
        out.append(b"T" if value else b"F")
    elif kind is int:
        sized(out, b"i", b"%x" % value)
    elif kind is str:
        sized(out, b"s", value.encode("utf-8", "surrogatepass"))
    elif kind is float:
        sized(out, b"f", value.hex().encode())
    elif kind is complex:
        sized(out, b"c", (value.real.hex() + " " + value.imag.hex()).encode())
    elif kind in LETTER:
        items(out, LETTER[kind], value, owned)
    elif kind is dict:
        items(out, b"d", flat(value), owned)
    elif kind is bytes or kind is bytearray:
        sized(out, b"y" if kind is bytes else b"Y", bytes(value))
    elif kind is range:
        items(out, b"r", (value.start, value.stop, value.step), owned)
    elif kind is slice:
        items(out, b"S", (value.start, value.stop, value.step), owned)
    elif value is Ellipsis:
        out.append(b"E")
    elif kind is type and BUILTIN.get(value.__name__) is value:
        sized(out, b"t", value.__name__.encode())
    elif kind is loaded("decimal", "Decimal"):
        items(out, b"D", (str(value),), owned)
    elif kind is loaded("fractions", "Fraction"):
        items(out, b"Q", (value.numerator, value.denominator), owned)
    else:
        owned(value, out)


def loaded(module, name):
    """A class of a module, where the program has loaded it."""
    return getattr(sys.modules.get(module), name, None)


LETTER = {list: b"l", tuple: b"u", set: b"e", frozenset: b"z"}


def sized(out, letter, data):
    out.append(b"%b%d:" % (letter, len(data)))
    out.append(data)


def items(out, letter, values, owned):
    values = list(values)
    out.append(b"%b%d:" % (letter, len(values)))
    for value in values:
        encode(value, out, owned)


def flat(mapping):
    for key, value in dict.items(mapping):
        yield key
        yield value


def decode(data, at, owned):
    """The value that begins at a place, and the place behind it."""
    letter = data[at:at + 1]
    if letter in CONSTANT:
        return CONSTANT[letter], at + 1
    colon = data.index(b":", at, at + 20)
    n, at = int(data[at + 1:colon]), colon + 1
    if letter in PLAIN:
        if n < 0 or at + n > len(data):
            raise Gone("error", "a value that is cut off")
        return PLAIN[letter](data[at:at + n]), at + n
    if letter in (b"h", b"b"):
        return owned(letter, n), at
    make, values = MANY[letter], []
    for _ in range(n):
        value, at = decode(data, at, owned)
        values.append(value)
    return make(values), at


def complex_of(data):
    real, imag = data.split()
    return complex(float.fromhex(real.decode()), float.fromhex(imag.decode()))


def type_of(data):
    found = BUILTIN[data.decode()]
    if type(found) is not type:
        raise Gone("error", "no type")
    return found


CONSTANT = {b"N": None, b"T": True, b"F": False, b"E": Ellipsis}
PLAIN = {
    b"i": lambda data: int(data, 16),
    b"s": lambda data: data.decode("utf-8", "surrogatepass"),
    b"f": lambda data: float.fromhex(data.decode()),
    b"c": complex_of,
    b"y": bytes,
    b"Y": bytearray,
    b"t": type_of,
}
MANY = {
    b"l": list,
    b"u": tuple,
    b"e": set,
    b"z": frozenset,
    b"d": lambda flat: dict(zip(flat[::2], flat[1::2], strict=True)),
    b"k": lambda keys: dict.fromkeys(keys).keys(),
    b"r": lambda ends: range(*ends),
    b"S": lambda ends: slice(*ends),
    b"D": lambda of: __import__("decimal").Decimal(*of),
    b"Q": lambda of: __import__("fractions").Fraction(*of),
}


def send(fd, value, owned):
    out = []
    encode(value, out, owned)
    data = b"".join(out)
    data = b"%08x" % len(data) + data
    try:
        while data:
            data = data[posix.write(fd, data):]
    except OSError:
        raise Gone("unfinished", "it ended before its tests did") from None


def receive(fd, owned):
    try:
        return decode(take(fd, int(take(fd, 8), 16)), 0, owned)[0]
    except Gone:
        raise
    except Exception as broken:
        raise Gone("error", "what it says has no form: %s" % type(broken).__name__) from None


def take(fd, n):
    """So many bytes of what the other side says."""
    if n < 0 or n > LIMIT:
        raise Gone("error", "it says %d bytes at once" % n)
    parts = []
    while n:
        part = posix.read(fd, min(n, 1 << 20))
        if not part:
            raise Gone("unfinished", "it ended before its tests did")
        parts.append(part)
        n -= len(part)
    return b"".join(parts)
