/*
 * C++: the solution and the tests are two units, so that no macro, operator or
 * template of the solution's reaches the tests. They see the head of the function
 * that `given` ends with, as a declaration. The libraries are linked before the
 * solution, whose memcmp() is then nobody's. A function that ends without its
 * value is stopped there: what it returns would be chance.
 */
#include <string.h>

#include "evaluator/engines/runner_build.h"

static const char script[] =
    "g++ -std=c++11 -w -c tests.cpp -o tests.o 2>tests.txt & tests=$!\n"
    "g++ -std=c++11 -w -fsanitize=return -fsanitize-undefined-trap-on-error \\\n"
    "  -c solution.cpp -o solution.o; solution=$?\n"
    "wait $tests || { cat tests.txt >&2; exit 99; }\n"
    "[ $solution = 0 ] || exit 1\n"
    "more=; grep -q openssl/ tests.cpp && more=,-lcrypto\n"
    "g++ -static -z muldefs -Wl,--wrap=main tests.o \\\n"
    "  -Wl,--start-group$more,-lstdc++,-lm,-lgcc,-lgcc_eh,-lc,--end-group \\\n"
    "  solution.o ${more#,} -o program && cat program >&5\n";

/* Where text stands behind a comment or a literal that begins at it; the same
 * place, where none does. */
static const char *skip_dead(const char *p)
{
    if (p[0] == '/' && p[1] == '/')
        return p + strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end ? end + 2 : p + strlen(p);
    }
    if (*p != '"' && *p != '\'')
        return p;
    char quote = *p++;
    while (*p && *p != quote)
        p += 1 + (*p == '\\' && p[1]);
    return p + (*p != '\0');
}

/* The brace with which the function begins that `given` leaves open; NULL = none. */
static const char *open_brace(const char *given)
{
    enum { DEEPEST = 64 };
    const char *open[DEEPEST];
    size_t depth = 0;
    for (const char *p = given; *p;) {
        const char *behind = skip_dead(p);
        if (behind != p) {
            p = behind;
            continue;
        }
        if (*p == '{' && depth < DEEPEST)
            open[depth++] = p;
        if (*p == '}' && depth)
            depth--;
        p++;
    }
    return depth ? open[0] : NULL;
}

/* The word, so that it does not stand in the program as it is said. */
static void put_token(struct strbuf *out, const char *token)
{
    strbuf_puts(out, "static const volatile unsigned char evalrun_word[] = {");
    for (size_t i = 0; token[i]; i++)
        strbuf_printf(out, "%d,", (unsigned char)token[i] ^ (int)(0x5a + i));
    strbuf_puts(out, "};\n"
                     "extern \"C\" int __real_main();\n"
                     "extern \"C\" long write(int, const void *, unsigned long);\n"
                     "extern \"C\" void _exit(int) __attribute__((noreturn));\n"
                     "extern \"C\" int __wrap_main()\n{\n"
                     "    int status = __real_main();\n"
                     "    char word[sizeof evalrun_word];\n"
                     "    for (unsigned i = 0; i < sizeof word; i++)\n"
                     "        word[i] = evalrun_word[i] ^ (0x5a + i);\n"
                     "    if (!status && write(5, word, sizeof word) > 0)\n"
                     "        _exit(0);\n"
                     "    return status;\n}\n");
}

static int begin(struct runner *r, struct err *e)
{
    const struct exec *x = r->exec;
    const char *brace = open_brace(x->given);
    if (!brace)
        return err_set(e, ERR_INPUT, "given: it must end in the function that is to be written, "
                                     "its brace open");
    if (runner_token(r, e) < 0)
        return e->code;
    struct strbuf tests = STRBUF_INIT;
    strbuf_add(&tests, x->given, (size_t)(brace - x->given));
    strbuf_printf(&tests, ";\n%s\n", x->test);
    put_token(&tests, r->token);
    const struct runner_build build = {
        .script = script,
        .file = { { "tests.cpp", tests.s, tests.len },
                  { "solution.cpp", r->solution, strlen(r->solution) } },
        .address_mb = 4096,
    };
    int code = runner_build(r, &build, e);
    strbuf_release(&tests);
    return code;
}

static const struct runner_program program = {
    .argv = (const char *const[]){ "./program", NULL },
    .wrong = "Assertion",
    .start_s = 0.5,
};

const struct runner_type runner_cpp = {
    .language = "cpp",
    .command = (const char *const[]){ "g++", NULL },
    .version = "--version",
    .missing = "no 'g++' command; apt install g++",
    .program = &program,
    .begin = begin,
    .step = runner_build_step,
};
