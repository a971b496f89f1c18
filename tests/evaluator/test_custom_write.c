/* The rules that the recipe `gen` of a custom task finds a letter with. */
#include <stdlib.h>
#include <string.h>

#include "evaluator/custom.h"
#include "base/extract.h"
#include "tests/base/scratch.h"

struct reading {
    const char *text, *letter; /* NULL = none is found */
};

static const struct reading readings[] = {
    /* said to be the answer: the last time counts */
    { "The answer is (B).", "B" },
    { "The answer is B because A is wrong.", "B" },
    { "A first guess: the answer is A. No, wait, the correct answer is: **C**", "C" },
    { "A cat is an animal, and so is a dog.\n\nAnswer: D", "D" },
    { "**Answer:** C. A stone is none.", "C" },
    { "The correct option is A.", "A" },
    { "Let me think. The final answer is $\\boxed{D}$.", "D" },
    { "ANSWER IS option B", "B" },
    { "B项错误，A项也错误，所以答案是C。", "C" },
    { "正确答案为：（D）", "D" },
    { "答案：**B**\nA和C都不对", "B" },
    { "答案是A。不对，答案应该是B。", "B" },
    { "A、B、D都有错，故选C。", "C" },
    { "因此，正确选项是选项A", "A" },
    { "The answer is a dog, (A)", "A" },
    /* at the beginning */
    { "B", "B" },
    { "  (C)  ", "C" },
    { "**A**", "A" },
    { "D. Paris, not A", "D" },
    { "A) a stone; B) is wrong", "A" },
    { "C\nA cat is an animal.", "C" },
    { "B，因为A不对", "B" },
    { "【B】", "B" },
    { "$\\boxed{A}$", "A" },
    /* the only one anywhere */
    { "I would choose C here, C and nothing else.", "C" },
    { "我选择B", "B" },
    { "A dog has four legs, so it must be D.", "D" },
    { "It must be D. A dog has four legs.", "D" },
    { "A is right", "A" },
    { "选A", "A" },
    /* nothing is guessed */
    { "A dog is an animal.", NULL },
    { "Answer: A dog", NULL },
    { "A European country", NULL },
    { "It is either B or C.", NULL },
    { "B, C", NULL },
    { "A、B", NULL },
    { "AB", NULL },
    { "答案是AB", NULL },
    { "A-level students know vitamin B12, C++ and D's, plan-A too.", NULL },
    { "It is not B", NULL },
    { "不选C", NULL },
    { "the second one", NULL },
    { "E", NULL },
    { "the answer is b", NULL },
};

static struct extract *rules_of(const char *task)
{
    struct extract *x = NULL;
    struct err e = { 0 };
    cJSON *tree = NULL;
    assert_int_equal(json_parse(&tree, task, strlen(task), &e), 0);
    const cJSON *gen = json_get(json_get(tree, "recipes"), "gen");
    if (extract_new(&x, json_get(json_get(gen, "score")->child, "extract"),
                    "extract", &e) < 0)
        fail_msg("%s", e.text);
    cJSON_Delete(tree);
    return x;
}

static void judge(const char *file, const char *text, const struct reading *list, size_t n)
{
    struct arena mem = { 0 };
    struct custom c;
    struct err e = { 0 };
    assert_int_equal(file_write_atomic(file, text, strlen(text), &e), 0);
    if (custom_make(&c, &(struct custom_asked){ .file = file, .form = "mcq" }, &mem, &e) < 0)
        fail_msg("%s", e.text);
    struct extract *x = rules_of(c.task);
    for (size_t i = 0; i < n; i++) {
        struct extraction found;
        extract_apply(&found, x, extract_strip(list[i].text, &mem), "", &mem);
        const char *got = found.text ? found.text : "none";
        if (found.limit || strcmp(got, list[i].letter ? list[i].letter : "none") != 0)
            fail_msg("%s: %s by rule %zu", list[i].text, got, found.rule);
    }
    extract_free(x);
    arena_release(&mem);
}

static void letters_of_answers(void **state)
{
    (void)state;
    judge("quiz.csv", "question,A,B,C,D,answer\nx?,1,2,3,4,A\ny?,1,2,3,4,D\n", readings,
          sizeof readings / sizeof *readings);
}

/* Nine options: "I" is one of them, and a pronoun. */
static void pronouns(void **state)
{
    static const struct reading nine[] = {
        { "I think that it is E", "E" }, { "I think so.", NULL }, { "I.", "I" },
        { "The answer is I.", "I" },     { "I'd say G", "G" },
    };
    (void)state;
    judge("nine.csv", "question,A,B,C,D,E,F,G,H,I,answer\nx?,1,2,3,4,5,6,7,8,9,A\n", nine,
          sizeof nine / sizeof *nine);
}

/* A long answer is searched to its end without giving up. */
static void long_answers(void **state)
{
    (void)state;
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < 2000; i++)
        strbuf_puts(&text, "A dog is no cat, 猫不是狗。");
    strbuf_puts(&text, " Then C");
    judge("long.csv", "question,A,B,C,D,answer\nx?,1,2,3,4,A\n",
          &(struct reading){ text.s, "C" }, 1);
    strbuf_release(&text);
}

static int enter(void **state)
{
    return scratch_setup(state) < 0 || chdir(*state) < 0;
}

static int leave(void **state)
{
    return chdir("/") < 0 || scratch_teardown(state) < 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_of_answers),
        cmocka_unit_test(pronouns),
        cmocka_unit_test(long_answers),
    };
    return cmocka_run_group_tests(tests, enter, leave);
}
