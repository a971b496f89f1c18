/* Go solutions and their verdicts.
 * ctest: timeout=900 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/engines/programs.h"

#define HEAD "import (\n    \"strings\"\n)\n\n"
#define FUNCTION "func Twice(x []int) []int {\n"
#define RIGHT "    out := []int{}\n    for _, a := range x {\n" \
              "        out = append(out, 2*a)\n    }\n    return out\n}\n"
#define WRONG "    return []int{7}\n}\n"

static const struct exec doubled = {
    .language = "go",
    .given = HEAD FUNCTION,
    .test = "package main\n\nimport (\n    \"testing\"\n"
            "    \"github.com/stretchr/testify/assert\"\n)\n"
            "func TestTwice(t *testing.T) {\n"
            "    assert := assert.New(t)\n"
            "    assert.Equal([]int{2, 4}, Twice([]int{1, 2}))\n"
            "    assert.Equal([]int{}, Twice([]int{}))\n"
            "}\n",
    .entry = "",
    .limit_s = 3,
};

static const struct program hostile[] = {
    { "right", NULL, HEAD FUNCTION RIGHT, NULL },
    { "an import that is missing", NULL, FUNCTION "    fmt.Sprint(x)\n" RIGHT, NULL },
    { "imports and a package of its own", NULL,
      "package main\nimport \"math\"\nimport (\n    \"math/rand\"\n)\n"
      "func half(x float64) float64 { return math.Abs(x) / 2 }\n" FUNCTION RIGHT, NULL },
    { "wrong", "wrong", HEAD FUNCTION WRONG, NULL },
    { "does not compile", "compile", HEAD FUNCTION "    return x +\n}\n", NULL },
    { "no function", "compile", "func Other() {}\n", NULL },
    { "ends", "unfinished", "import \"os\"\n" FUNCTION "    os.Exit(0)\n    return x\n}\n", NULL },
    { "ends before", "unfinished",
      "import \"os\"\nfunc init() { os.Exit(0) }\n" FUNCTION WRONG, NULL },
    { "own main", "compile", FUNCTION WRONG "func main() {}\n", NULL },
    { "own assert", "compile", FUNCTION WRONG "func assert() {}\n", NULL },
    { "panics", "error", FUNCTION "    panic(1)\n}\n", NULL },
    { "for ever", "timeout", FUNCTION "    for {\n    }\n}\n", NULL },
};

static void nobody_gets_by(void **state)
{
    PROGRAMS_CHECK(*state, &doubled, hostile);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nobody_gets_by) };
    if (!programs_language("go"))
        return 77;
    return cmocka_run_group_tests(tests, programs_open, programs_close);
}
