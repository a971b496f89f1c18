/* JavaScript solutions and their verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/engines/programs.h"

static const struct exec doubled = {
    .language = "javascript",
    .given = "const twice = (x) => {\n",
    .test = "const testTwice = () => {\n"
            "  console.assert(JSON.stringify(twice([1, 2])) === JSON.stringify([2, 4]))\n"
            "  console.assert(JSON.stringify(twice([])) === JSON.stringify([]))\n"
            "}\n"
            "testTwice()\n",
    .entry = "",
    .limit_s = 2,
};

#define RIGHT "const twice = (x) => x.map((a) => 2 * a);\n"
#define WRONG "const twice = (x) => [7];\n"

static const struct program hostile[] = {
    { "right", NULL, RIGHT, NULL },
    { "wrong", "wrong", WRONG, NULL },
    { "says something", "output", RIGHT "console.log('hello')", NULL },
    { "complains", "output", RIGHT "console.error('hello')", NULL },
    { "ends", "unfinished", WRONG "process.exit(0)", NULL },
    { "ends when called", "unfinished", "const twice = (x) => process.exit(0)", NULL },
    { "own assert", "wrong", WRONG "console.assert = () => {}", NULL },
    { "own JSON", "error", WRONG "JSON.stringify = () => 'x'", NULL },
    { "own toJSON", "!", WRONG "Array.prototype.toJSON = () => 'x'", NULL },
    { "toJSON of the value", "wrong", "const twice = (x) => ({ toJSON: () => '[2,4]' })", NULL },
    { "proxy", "!", "const twice = (x) => new Proxy([], { get: () => 2 })", NULL },
    { "says that it passed", "!",
      WRONG "const fs = require('fs');\n"
            "for (let i = 0; i < 20; i++) try { fs.writeSync(i, 'pass\\n') } catch (e) {}", NULL },
    { "fake answers", "!",
      WRONG "require('fs').writeSync(4, '0000000a[\"ok\",[2]]')", NULL },
    { "no function", "error", "const other = 1", NULL },
    { "throws", "error", "const twice = (x) => { throw new Error('no') }", NULL },
    { "throws nothing", "error", "const twice = (x) => { throw null }", NULL },
    { "syntax", "compile", "const twice = (x => {", NULL },
    { "for ever", "timeout", "const twice = (x) => { for (;;); }", NULL },
    { "no end of depth", "error", "const twice = (x) => twice(x)", NULL },
    { "in a circle", "error", "const twice = (x) => { const a = []; a.push(a); return a }", NULL },
    { "own test function", "wrong", WRONG "const testTwice = () => {}", NULL },
};

#define IS(value, what) \
    "console.assert(Object.is(f(" value "), " what "));"

static const struct program values[] = {
    { "numbers", NULL, "const f = (x) => -x",
      IS("0", "-0") IS("NaN", "NaN") IS("Infinity", "-Infinity") IS("1.5", "-1.5") },
    { "nothing", NULL, "const f = (x) => x",
      IS("undefined", "undefined") IS("null", "null") IS("''", "''") },
    { "long integers", NULL, "const f = (x) => x ** 3n", IS("10n ** 40n", "10n ** 120n") },
    { "a map and a set", NULL, "const f = (x) => new Map([[1, new Set(x)]])",
      "const m = f([1, 2, 2]); console.assert(m.get(1).size === 2 && m.get(1).has(2))" },
    { "objects", NULL, "class P { constructor(x) { this.a = x } }\nconst f = (x) => new P([x])",
      "console.assert(JSON.stringify(f('中')) === '{\"a\":[\"中\"]}')" },
    { "what it changes", NULL, "function f(x) { x.sort() }",
      "const l = [3, 1, 2]; f(l); console.assert(l[0] === 1 && l[2] === 3)" },
    { "functions", NULL, "const f = (g, x) => x.map((a) => g(a))",
      "console.assert(f((a) => a * a, [1, 2, 3])[2] === 9)" },
    { "functions of its own", NULL, "const f = (n) => (x) => x + n",
      "console.assert(f(2)(3) === 5)" },
    { "errors", NULL, "const f = (x) => { throw new RangeError('far') }",
      "let said; try { f(1) } catch (e) { said = e } "
      "console.assert(said instanceof RangeError && said.message === 'far')" },
};

static void nobody_gets_by(void **state)
{
    PROGRAMS_CHECK(*state, &doubled, hostile);
}

static void values_come_and_go(void **state)
{
    struct exec x = doubled;
    x.given = "";
    PROGRAMS_CHECK(*state, &x, values);
}

static void given_functions_are_kept(void **state)
{
    const struct exec x = {
        .language = "javascript",
        .given = "const poly = (xs, x) => {\n  return xs[0] + xs[1] * x\n}\n\n"
                 "const findZero = (xs) => {\n",
        .test = "console.assert(Math.abs(poly([-2, 1], findZero([-2, 1]))) < 1e-4)",
        .entry = "",
        .limit_s = 2,
    };
    static const struct program list[] = {
        { "right", NULL, "const findZero = (xs) => 2", NULL },
        { "own poly", "wrong", "const poly = () => 0\nconst findZero = (xs) => 3", NULL },
    };
    PROGRAMS_CHECK(*state, &x, list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_by),
        cmocka_unit_test(values_come_and_go),
        cmocka_unit_test(given_functions_are_kept),
    };
    if (!programs_language("javascript"))
        return 77;
    return cmocka_run_group_tests(tests, programs_open, programs_close);
}
