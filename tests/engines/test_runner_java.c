/* Java solutions and their verdicts.
 * ctest: timeout=600 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/engines/programs.h"

#define HEAD "import java.util.*;\n\nclass Solution {\n"
#define FUNCTION "    public List<Integer> twice(List<Integer> x) {\n"
#define BEGUN HEAD FUNCTION
#define RIGHT                                              \
    "        List<Integer> out = new ArrayList<>();\n"    \
    "        for (int a : x) out.add(2 * a);\n"           \
    "        return out;\n    }\n}\n"
#define WRONG "        return Arrays.asList(7);\n    }\n}\n"

static const struct exec doubled = {
    .language = "java",
    .given = BEGUN,
    .test = "public class Main {\n"
            "    public static void main(String[] args) {\n"
            "        Solution s = new Solution();\n"
            "        List<Boolean> correct = Arrays.asList(\n"
            "            s.twice(Arrays.asList(1, 2)).equals(Arrays.asList(2, 4)),\n"
            "            s.twice(new ArrayList<Integer>()).isEmpty());\n"
            "        if (correct.contains(false)) {\n"
            "            throw new AssertionError();\n"
            "        }\n    }\n}\n",
    .entry = "",
    .limit_s = 3,
};

static const struct program hostile[] = {
    { "right", NULL, BEGUN RIGHT, NULL },
    { "says something", NULL, BEGUN "        System.out.print(\"x\");\n" RIGHT, NULL },
    { "wrong", "wrong", BEGUN WRONG, NULL },
    { "does not compile", "compile", BEGUN "        return x\n    }\n}\n", NULL },
    { "no class", "compile", "class Other {}\n", NULL },
    { "ends", "unfinished", BEGUN "        System.exit(0);\n        return x;\n    }\n}\n", NULL },
    { "ends before", "unfinished",
      HEAD "    static { Runtime.getRuntime().halt(0); }\n" FUNCTION WRONG, NULL },
    { "own Arrays", "error",
      BEGUN "        return null;\n    }\n}\n"
            "class Arrays {\n"
            "    static List<Object> asList(Object... x) { return new ArrayList<>(); }\n}\n",
      NULL },
    { "own error", "wrong",
      BEGUN WRONG "class AssertionError extends Error {\n"
                  "    AssertionError() { System.exit(0); }\n}\n",
      NULL },
    { "own Main", "wrong",
      BEGUN WRONG "class Main { public static void main(String[] a) {} }\n", NULL },
    { "throws", "error", BEGUN "        throw new RuntimeException();\n    }\n}\n", NULL },
    { "for ever", "timeout",
      BEGUN "        while (x != null) ;\n        return x;\n    }\n}\n", NULL },
    { "no end of memory", "error",
      BEGUN "        for (List<long[]> l = new ArrayList<>();;)\n"
            "            l.add(new long[1 << 20]);\n    }\n}\n",
      NULL },
};

static void nobody_gets_by(void **state)
{
    PROGRAMS_CHECK(*state, &doubled, hostile);
}

/* A run's answers are the same every time, so the word is not in them. */
static void nothing_of_ours_is_said(void **state)
{
    struct arena mem = { 0 };
    struct out out = programs_run(*state, &doubled,
                                  BEGUN "        System.out.print(\"x\");\n" RIGHT, &mem);
    assert_string_equal(out.text, "xx");
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_by),
        cmocka_unit_test(nothing_of_ours_is_said),
    };
    if (!programs_language("java"))
        return 77;
    return cmocka_run_group_tests(tests, programs_open, programs_close);
}
