/* C++ solutions and their verdicts.
 * ctest: timeout=600 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/engines/programs.h"

#define HEAD "#include<vector>\n#include<string>\nusing namespace std;\n"
#define HELPER "int one(int x){\n    return 1; // } {\n}\n"
#define FUNCTION "vector<int> twice(vector<int> x){\n"
#define RIGHT "    for (int &a : x) a *= 2;\n    return x;\n}\n"
#define WRONG "    return {7};\n}\n"
#define BEGUN HEAD HELPER FUNCTION

static const struct exec doubled = {
    .language = "cpp",
    .given = BEGUN "    /* Twice { each. */\n",
    .test = "#undef NDEBUG\n#include<assert.h>\n"
            "int main(){\n"
            "    assert (twice({1, 2}) == vector<int>({2, 4}));\n"
            "    assert (twice({}).size() == 0);\n"
            "    assert (one(5) == 1);\n"
            "}\n",
    .entry = "",
    .limit_s = 3,
};

static const struct program hostile[] = {
    { "right", NULL, BEGUN RIGHT, NULL },
    { "wrong", "wrong", BEGUN WRONG, NULL },
    { "no value", "error", BEGUN "}\n", NULL },
    { "does not compile", "compile", BEGUN "    return x\n}\n", NULL },
    { "another function", "compile", HEAD "int other(){ return 1; }\n", NULL },
    { "ends", "unfinished", BEGUN "    _Exit(0);\n}\n", NULL },
    { "ends before", "unfinished",
      "#include<stdlib.h>\nstruct E{E(){_Exit(0);}} ends;\n" BEGUN WRONG, NULL },
    { "ends by exit", "unfinished", "#include<stdlib.h>\n" BEGUN "    exit(0);\n}\n", NULL },
    { "own assert", "wrong", BEGUN WRONG "#define assert(x)\n#define NDEBUG\n", NULL },
    { "own main", "wrong", BEGUN WRONG "int main(){ return 0; }\n#define main other\n", NULL },
    { "own words", "wrong", BEGUN WRONG "#define if while(0)\n#define twice(...) x\n", NULL },
    { "own equality", "wrong",
      BEGUN WRONG "bool operator==(const vector<int>&, const vector<int>&){ return true; }\n",
      NULL },
    { "own failure", "wrong",
      "#include<stdlib.h>\n" BEGUN WRONG
      "extern \"C\" void __assert_fail(const char*, const char*, unsigned, const char*) noexcept"
      "{ for(;;) _Exit(0); }\n", NULL },
    { "own memory compare", "wrong",
      BEGUN WRONG "extern \"C\" int memcmp(const void*, const void*, unsigned long){ return 0; }\n",
      NULL },
    { "own helper", "wrong", HEAD "int one(int x){ return 9; }\n" FUNCTION WRONG, NULL },
    { "says something", NULL, "#include<stdio.h>\n" BEGUN "    puts(\"x\");\n" RIGHT, NULL },
    { "says a word", "unfinished",
      "#include<unistd.h>\n" BEGUN
      "    for (int i = 3; i < 20; i++) if (write(i, \"pass\", 4)) {}\n    _exit(0);\n}\n", NULL },
    { "breaks", "error", BEGUN "    *(volatile int*)0 = 1;\n    return x;\n}\n", NULL },
    { "throws", "error", BEGUN "    throw 1;\n}\n", NULL },
    { "for ever", "timeout", BEGUN "    for (volatile int i = 0;; i++);\n}\n", NULL },
};

static void nobody_gets_by(void **state)
{
    PROGRAMS_CHECK(*state, &doubled, hostile);
}

static void given_must_be_open(void **state)
{
    struct exec x = doubled;
    struct runner *r = NULL;
    struct err e = { 0 };
    x.given = HEAD HELPER;
    assert_int_equal(runner_new(&r, *state, &x, BEGUN RIGHT, &e), ERR_INPUT);
    assert_string_equal(e.text, "cpp: given: it must end in the function that is to be written, "
                                "its brace open");
}

static void tests_that_do_not_compile_are_nobodys_fault(void **state)
{
    struct exec x = doubled;
    struct runner *r = NULL;
    struct out out = { 0 };
    struct arena mem = { 0 };
    struct err e = { 0 };
    int got = 0;
    x.test = "#include<no/such/library.h>\nint main(){}\n";
    assert_int_equal(runner_new(&r, *state, &x, BEGUN RIGHT, &e), 0);
    while ((got = runner_step(r, &out, &mem, &e)) == 0)
        assert_int_equal(sandbox_wait(*state, -1, 100, &e), 0);
    assert_int_equal(got, 2);
    assert_non_null(strstr(out.text, "the benchmark's own tests do not compile here: "));
    assert_non_null(strstr(out.text, "no/such/library.h"));
    runner_free(r);
    arena_release(&mem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_gets_by),
        cmocka_unit_test(given_must_be_open),
        cmocka_unit_test(tests_that_do_not_compile_are_nobodys_fault),
    };
    if (!programs_language("cpp"))
        return 77;
    return cmocka_run_group_tests(tests, programs_open, programs_close);
}
