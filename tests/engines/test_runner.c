/* Python solutions and their verdicts: what honest ones may give back, and what
 * dishonest ones try. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/engines/programs.h"

static const struct program values[] = {
    { "nan", NULL,
      "def f(): return float(\"nan\")",
      "assert f() != f()\n"
      "import math\n"
      "assert math.isnan(f())" },
    { "-0", NULL,
      "def f(): return -0.0",
      "import math\n"
      "assert math.copysign(1,f())==-1" },
    { "inf", NULL,
      "def f(): return [float(\"inf\"),-float(\"inf\")]",
      "assert f()==[float(\"inf\"),-float(\"inf\")]" },
    { "huge", NULL,
      "def f(n): return n**3",
      "n=7**20000\n"
      "assert f(n)==n**3\n"
      "assert f(-n)==-n**3" },
    { "complex", NULL,
      "def f(z): return z*1j",
      "assert f(2-0.5j)==(2-0.5j)*1j" },
    { "nest", NULL,
      "def f(x): return {\"a\":[(1,{2,3},frozenset([4]))],b\"x\":{\"k\":None,\"t\":(True,...)} }",
      "assert f(1)=={\"a\":[(1,{2,3},frozenset([4]))],b\"x\":{\"k\":None,\"t\":(True,...)}}\n"
      "assert type(f(1)[\"b\" if 0 else \"a\"][0]) is tuple" },
    { "bigstr", NULL,
      "def f(x): return x+x",
      "s=\"é中\"*1000000\n"
      "assert f(s)==s+s" },
    { "mutate", NULL,
      "def f(x): x.sort()",
      "l=[3,1,2]\n"
      "f(l)\n"
      "assert l==[1,2,3]" },
    { "mutated", NULL,
      "def f(x): x[\"a\"]=1",
      "d={}\n"
      "f(d)\n"
      "assert d=={\"a\":1}" },
    { "raise", NULL,
      "def f(x): raise ValueError(\"bad\")",
      "try:\n"
      "  f(1)\n"
      "  assert False\n"
      "except ValueError as e:\n"
      "  assert str(e)==\"bad\"" },
    { "raise keyerror own", NULL,
      "class K(KeyError): pass\n"
      "def f(x): raise K(\"bad\")",
      "try:\n"
      "  f(1)\n"
      "  assert False\n"
      "except KeyError as e:\n"
      "  pass" },
    { "Counter", NULL,
      "from collections import Counter\n"
      "def f(x): return Counter(x)",
      "assert f(\"aab\")=={\"a\":2,\"b\":1}" },
    { "namedtuple", NULL,
      "from collections import namedtuple\n"
      "P=namedtuple(\"P\",\"x y\")\n"
      "def f(x): return P(1,x)",
      "assert f(2)==(1,2)" },
    { "keys", NULL,
      "def f(x): return x.keys()",
      "assert f({1:2})=={1}" },
    { "frac", NULL,
      "from fractions import Fraction\n"
      "def f(x): return Fraction(1,x)",
      "assert f(2)==0.5\n"
      "from fractions import Fraction\n"
      "assert f(3)==Fraction(1,3)\n"
      "assert f(Fraction(1,2))==2" },
    { "dec", NULL,
      "from decimal import Decimal\n"
      "def f(x): return Decimal(\"0.5\")",
      "assert f(2)==0.5" },
    { "types", NULL,
      "def f(x,t): return [a for a in x if not isinstance(a,t)]",
      "assert f((1,2,\"a\"),int)==[\"a\"]" },
    { "type ret", NULL,
      "def f(x): return type(x)",
      "assert f(1) is int" },
    { "callback", NULL,
      "def f(g,x): return [g(a) for a in x]",
      "assert f(lambda a:a*a,[1,2,3])==[1,4,9]\n"
      "assert f(len,[\"a\",\"bb\"])==[1,2]" },
    { "callback raise", NULL,
      "def f(g):\n"
      "  try: g()\n"
      "  except ZeroDivisionError: return 1",
      "def h(): return 1/0\n"
      "assert f(h)==1" },
    { "class", NULL,
      "class Node:\n"
      "  def __init__(s,v): s.v=v; s.left=None; s.right=None\n"
      "def total(n): return 0 if n is None else n.v+total(n.left)+total(n.right)",
      "root=Node(1)\n"
      "root.left=Node(2)\n"
      "root.right=Node(3)\n"
      "root.left.left=Node(4)\n"
      "assert total(root)==10\n"
      "assert root.left.v==2\n"
      "assert root.left is root.left" },
    { "genlist", NULL,
      "def f(n):\n"
      "  for i in range(n): yield i*i",
      "assert list(f(4))==[0,1,4,9]" },
    { "sum builtin", NULL,
      "def sum(a,b): return a+b",
      "assert sum(10,15)==25" },
    { "kw", NULL,
      "def f(a,*,k=1): return a*k",
      "assert f(2,k=3)==6" },
    { "set", NULL,
      "def f(x): return set(x)",
      "assert f([1,\"a\",(1,2)])=={1,\"a\",(1,2)}" },
    { "range", NULL,
      "def f(n): return range(n)",
      "assert f(3)==range(3)\n"
      "assert list(f(3))==[0,1,2]" },
    { "int enum", NULL,
      "import enum\n"
      "class E(enum.IntEnum):\n"
      "  A=3\n"
      "def f(): return E.A",
      "assert f()==3" },
    { "bytearray", NULL,
      "def f(b): return bytearray(b)[::-1]",
      "assert f(b\"abc\")==b\"cba\"" },
    { "print ok", NULL,
      "def f(x):\n"
      "  print(\"hello\"); return x",
      "assert f(1)==1" },
    { "async", NULL,
      "import asyncio\n"
      "def f(x):\n"
      "  async def g(): return x\n"
      "  return asyncio.run(g())",
      "assert f(1)==1" },
    { "dataclass", NULL,
      "from dataclasses import dataclass\n"
      "@dataclass\n"
      "class P:\n"
      "  x:int\n"
      "def f(x): return P(x).x",
      "assert f(1)==1" },
};

/* All are asked for [2, 4, 6] and []. */
static const struct program hostile[] = {
    { "right", NULL,
      "def f(x):\n"
      "    return [2*a for a in x]", NULL },
    { "osexit", "unfinished",
      "import os\n"
      "os._exit(0)", NULL },
    { "sysexit", "error",
      "import sys\n"
      "sys.exit(0)\n"
      "def f(x): return 1", NULL },
    { "osexit in call", "unfinished",
      "import os\n"
      "def f(x):\n"
      "  print(\"pass\")\n"
      "  os._exit(0)", NULL },
    { "marker fds", "unfinished",
      "import os\n"
      "for fd in range(0,64):\n"
      "  try: os.write(fd,b\"pass\\n\")\n"
      "  except OSError: pass\n"
      "os._exit(0)", NULL },
    { "marker fds go on", "!",
      "import os\n"
      "for fd in range(0,64):\n"
      "  try: os.write(fd,b\"pass\\n\")\n"
      "  except OSError: pass\n"
      "def f(x): return 1", NULL },
    { "eq true", "wrong",
      "class E:\n"
      "  def __eq__(s,o): return True\n"
      "  def __ne__(s,o): return False\n"
      "  def __hash__(s): return 1\n"
      "def f(x): return E()", NULL },
    { "list eq", "wrong",
      "class L(list):\n"
      "  def __eq__(s,o): return True\n"
      "def f(x): return L()", NULL },
    { "int sub", "wrong",
      "class I(int):\n"
      "  def __eq__(s,o): return True\n"
      "def f(x): return [I(1),I(2),I(3)]", NULL },
    { "patched builtins", "!",
      "import builtins\n"
      "builtins.len=lambda x:3\n"
      "builtins.AssertionError=Exception\n"
      "builtins.isinstance=lambda *a:True\n"
      "def f(x): return 5", NULL },
    { "patched sorted", "wrong",
      "import builtins,sys\n"
      "sys.modules[\"builtins\"]=sys\n"
      "builtins.__build_class__=None\n"
      "builtins.list=tuple\n"
      "def f(x): return 5", NULL },
    { "settrace", "!",
      "import sys\n"
      "def t(f,e,a):\n"
      "  try:\n"
      "    f.f_locals.clear()\n"
      "  except Exception: pass\n"
      "  return t\n"
      "sys.settrace(t)\n"
      "def f(x): return 7", NULL },
    { "frames", "!",
      "import sys,gc\n"
      "fr=sys._getframe()\n"
      "while fr:\n"
      "  for k,v in list(fr.f_globals.items()):\n"
      "    if callable(v) and k in (\"send\",\"broke\"): fr.f_globals[k]=lambda *a: None\n"
      "  fr=fr.f_back\n"
      "def f(x): return 1", NULL },
    { "gc", "!",
      "import gc\n"
      "for o in gc.get_objects():\n"
      "  if isinstance(o,dict) and \"TO\" in o:\n"
      "    o[\"send\"]=lambda fd,v,w: __import__(\"os\").write(4,b\"00000004u2:T\")\n"
      "def f(x): return 1", NULL },
    { "forge ok", "!",
      "import os\n"
      "for i in range(100): os.write(4,b\"%08x\"%16+b\"u3:s2:okl0:N    \")\n"
      "def f(x): return 1", NULL },
    { "infinite out", "output",
      "while True: print(\"x\"*1000)", NULL },
    { "loop", "timeout",
      "def f(x):\n"
      "  while True: pass", NULL },
    { "gen", "wrong",
      "def f(x):\n"
      "  yield 2\n"
      "  yield 4\n"
      "  yield 6", NULL },
    { "map", "wrong",
      "def f(x): return map(lambda a:2*a,x)", NULL },
    { "recursion", "error",
      "def f(x): return f(x)", NULL },
    { "segv", "!",
      "import sys\n"
      "sys.setrecursionlimit(10**9)\n"
      "def f(x): return [f(x)]", NULL },
    { "close fds", "unfinished",
      "import os\n"
      "os.closerange(0,100)\n"
      "def f(x): return [2*a for a in x]", NULL },
    { "garbage", "error",
      "import os\n"
      "os.write(4,b\"zzzzzzzzzzzzz\")\n"
      "def f(x): return 1", NULL },
    { "garbage2", "error",
      "import os\n"
      "os.write(4,b\"%08x\"%5+b\"q9:zz\")\n"
      "def f(x): return 1", NULL },
    { "hugelen", "error",
      "import os\n"
      "os.write(4,b\"ffffffff\"+b\"q9:zz\")\n"
      "def f(x): return 1", NULL },
    { "raise assert", "error",
      "def f(x): raise AssertionError(\"no\")", NULL },
    { "raise SystemExit", "error",
      "def f(x): raise SystemExit(0)", NULL },
    { "raise BaseException mro", "error",
      "class M(type):\n"
      "  pass\n"
      "class Z(BaseException): pass\n"
      "Z.__name__=\"report\"\n"
      "def f(x): raise Z(\"x\")", NULL },
    { "syntax", "compile",
      "def f(x) return 1", NULL },
    { "no entry", "error",
      "def g(x): return 1", NULL },
    { "redefine check", "wrong",
      "def check(c): pass\n"
      "def f(x): return 1\n"
      "METADATA=1", NULL },
    { "metaclass", "wrong",
      "class M(type):\n"
      "  def __eq__(s,o): return True\n"
      "  def __hash__(s): return 1\n"
      "class C(metaclass=M): pass\n"
      "def f(x): return C", NULL },
    { "too much memory", "memory",
      "def f(x): return [0] * 10**9", NULL },
    { "memerr", "memory",
      "def f(x): raise MemoryError", NULL },
    { "thread spam", "!",
      "import os,threading\n"
      "def w():\n"
      "  while True: os.write(4,b\"00000000\")\n"
      "threading.Thread(target=w,daemon=True).start()\n"
      "def f(x): return [2*a for a in x]", NULL },
    { "fork", "!",
      "import os\n"
      "if os.fork()==0:\n"
      "  pass\n"
      "def f(x): return [2*a for a in x]", NULL },
    { "callable name", "wrong",
      "class F:\n"
      "  def __call__(s,x): return None\n"
      "f=F()", NULL },
    { "surrogate", "wrong",
      "def f(x): return \"\\ud800\"", NULL },
    { "Truth", "wrong",
      "f=lambda x: NotImplemented", NULL },
    { "stdin", "error",
      "f=lambda x: input()", NULL },
};

static const struct exec doubled = {
    .language = "python",
    .given = "def f(x):\n    \"\"\"Twice each.\"\"\"\n",
    .test = "def check(candidate):\n"
            "    assert candidate([1, 2, 3]) == [2, 4, 6]\n"
            "    assert candidate([]) == []\n"
            "check(f)",
    .entry = "f",
    .limit_s = 1,
};

static void values_come_and_go(void **state)
{
    struct exec x = doubled;
    x.given = x.entry = "";
    PROGRAMS_CHECK(*state, &x, values);
}

static void nobody_gets_by(void **state)
{
    PROGRAMS_CHECK(*state, &doubled, hostile);
}

/* A function that the benchmark gave is the benchmark's in the tests, whatever the
 * solution makes of it; and the last one is what is tested. */
static void given_functions_are_kept(void **state)
{
    const struct exec x = {
        .language = "python",
        .given = "def poly(xs, x):\n    return sum(c * x ** i for i, c in enumerate(xs))\n\n"
                 "def find_zero(xs):\n    \"\"\"Where poly is zero.\"\"\"\n",
        .test = "def check(find_zero):\n"
                "    assert abs(poly([-2, 1], find_zero([-2, 1]))) < 1e-4\n"
                "check(find_zero)",
        .entry = "",
        .limit_s = 2,
    };
    static const struct program list[] = {
        { "right", NULL, "def find_zero(xs):\n    return 2.0", NULL },
        { "wrong", "wrong", "def find_zero(xs):\n    return 3.0", NULL },
        { "own poly", "wrong", "def poly(*a): return 0\ndef find_zero(xs): return 3.0", NULL },
    };
    PROGRAMS_CHECK(*state, &x, list);
}

static void own_builtins_do_not_judge(void **state)
{
    const struct exec x = { .language = "python", .given = "", .entry = "", .limit_s = 2,
                            .test = "assert set(f([1])) == set([2])" };
    static const struct program list[] = {
        { "set", "wrong", "def set(x): return 1\ndef f(x): return [5]", NULL },
    };
    PROGRAMS_CHECK(*state, &x, list);
}

static void verdict_says_where(void **state)
{
    struct arena mem = { 0 };
    struct out out = programs_run(*state, &doubled, "def f(x):\n    return x", &mem);
    assert_string_equal(out.fault, "wrong");
    assert_non_null(strstr(out.text, "tests:2: assert candidate([1, 2, 3]) == [2, 4, 6]"));
    out = programs_run(*state, &doubled, "import os\nos._exit(7)", &mem);
    assert_string_equal(out.fault, "unfinished");
    assert_int_equal(out.status, 7);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_come_and_go),     cmocka_unit_test(nobody_gets_by),
        cmocka_unit_test(given_functions_are_kept), cmocka_unit_test(own_builtins_do_not_judge),
        cmocka_unit_test(verdict_says_where),
    };
    if (!programs_language("python"))
        return 77;
    return cmocka_run_group_tests(tests, programs_open, programs_close);
}
