/* Where a text ends and what of it is thoughts, token by token. The vocabulary
 * is that of a tiny model ($TINY_DIR): single bytes, a few words, and special
 * tokens. */
#include <llama.h>

#include "evaluator/engines/llama_draft.h"
#include "tests/engines/parts.h"

enum { MAX_TOKENS = 40 };

static int setup(void **state)
{
    char *path = tiny_path("chatglm");
    struct engine_options o = test_options();
    struct parts *p = xcalloc(1, sizeof *p);
    o.vocab_only = true;
    parts_open(p, path, &o);
    free(path);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    parts_close(*state);
    free(*state);
    return 0;
}

static int32_t token(const struct text *t, const char *piece, size_t len)
{
    int32_t n = llama_vocab_n_tokens(t->vocab), found = -1;
    struct strbuf b = STRBUF_INIT;
    for (int32_t id = 0; id < n && found < 0; id++) {
        strbuf_clear(&b);
        text_piece(&b, t, id);
        found = b.len == len && memcmp(b.s, piece, len) == 0 ? id : -1;
    }
    strbuf_release(&b);
    if (found < 0)
        fail_msg("no token '%.*s'", (int)len, piece);
    return found;
}

/* What a text is made of: tokens between bars ("|" is none of them), all else
 * byte by byte. */
struct writing {
    struct decode d;
    const char *tokens;
    bool inside;
    size_t max_tokens; /* 0 = MAX_TOKENS */
};

/* Returns how many tokens were added until it ended, or all of them. */
static size_t write_text(struct out *out, void *parts, const struct writing *w, struct arena *mem)
{
    const struct text *model = &((struct parts *)parts)->text;
    struct draft_text t;
    size_t n = 0;
    draft_begin(&t, &w->d, w->max_tokens > 0 ? w->max_tokens : MAX_TOKENS, w->inside);
    for (const char *at = w->tokens; *at && !t.ended; n++) {
        const char *end = *at == '|' ? strchr(at + 1, '|') : at + 1;
        size_t bar = *at == '|';
        draft_add(&t, model, token(model, at + bar, (size_t)(end - at) - bar));
        at = end + bar;
    }
    draft_finish(&t, out, mem);
    return n;
}

/* The text of w, which ends after n tokens. */
static void written(void *parts, const struct writing *w, const char *want, size_t n, bool cut)
{
    struct arena mem = { 0 };
    struct out out;
    size_t added = write_text(&out, parts, w, &mem);
    assert_null(out.fault);
    assert_string_equal(out.text, want);
    assert_int_equal(added, n);
    assert_int_equal(out.cut, cut);
    arena_release(&mem);
}

static void thought(void *parts, const struct writing *w, const char *thinking, const char *text,
                    const char *fault)
{
    struct arena mem = { 0 };
    struct out out;
    write_text(&out, parts, w, &mem);
    assert_string_equal(out.text, text);
    assert_string_equal(out.fault ? out.fault : "none", fault ? fault : "none");
    assert_string_equal(out.thinking ? out.thinking : "none", thinking ? thinking : "none");
    assert_true(out.n_think <= out.n_token);
    assert_int_equal(out.n_think > 0, thinking != NULL);
    arena_release(&mem);
}

static const char *const stops[] = { "stop", "st!", "\n\n", "。" };

static struct decode with_stops(size_t n)
{
    return (struct decode){ .stop = stops, .n_stop = n };
}

/* Thoughts between <t> and </t>. */
static struct decode thinking(size_t n_stop, int think_tokens)
{
    struct decode d = with_stops(n_stop);
    d.think_open = "<t>";
    d.think_close = "</t>";
    d.think_tokens = think_tokens;
    return d;
}

/* --- ends ---------------------------------------------------------------- */

static void plain_text(void **state)
{
    struct writing w = { .tokens = "a b| the|| of|" };
    written(*state, &w, "a b the of", 5, false);
    w.tokens = "";
    written(*state, &w, "", 0, false);
}

static void end_of_turn(void **state)
{
    const struct text *model = &((struct parts *)*state)->text;
    const struct decode d = { .seed = 0 };
    struct arena mem = { 0 };
    struct draft_text t;
    struct out out;
    draft_begin(&t, &d, 4, false);
    for (const char *at = "yes"; *at; at++)
        draft_add(&t, model, token(model, at, 1));
    assert_false(t.ended);
    draft_add(&t, model, token(model, "<|endoftext|>", 13));
    assert_true(t.ended);
    draft_finish(&t, &out, &mem);
    assert_string_equal(out.text, "yes");
    assert_false(out.cut);
    assert_int_equal(out.n_token, 3);
    arena_release(&mem);
}

/* Other special tokens are counted but are no text. */
static void special_tokens_are_no_text(void **state)
{
    struct writing w = { .tokens = "a|[MASK]|b|<sop>|c", .max_tokens = 5 };
    written(*state, &w, "abc", 5, true);
    w.d = with_stops(4);
    w.tokens = "st|<sop>|op";
    w.max_tokens = 0;
    written(*state, &w, "", 5, false);
}

static void stop_across_tokens(void **state)
{
    struct writing w = { .d = with_stops(4), .tokens = "in st| of|stopped" };
    written(*state, &w, "in st of", 10, false);
    w.tokens = "stop";
    written(*state, &w, "", 4, false);
    w.tokens = "ststop";
    written(*state, &w, "st", 6, false);
    w.tokens = "sto"; /* a beginning only: stays */
    written(*state, &w, "sto", 3, false);
}

/* A token may hold more than the stop string, on both sides. */
static void stop_inside_a_token(void **state)
{
    static const char *const inside[] = { "案", "h" };
    struct writing w = { .d = { .stop = inside, .n_stop = 2 }, .tokens = "a|答案|b" };
    written(*state, &w, "a答", 2, false);
    w.tokens = "x| the|b";
    written(*state, &w, "x t", 2, false);
}

static void stop_of_several_bytes(void **state)
{
    struct writing w = { .d = with_stops(4), .tokens = "\xe4\xb8\xad\xe3\x80\x82xyz" };
    written(*state, &w, "中", 6, false);
    w.tokens = "|中国|\xe3\x80\x81|。|x"; /* 、begins like 。 */
    written(*state, &w, "中国、", 5, false);
}

/* The first in the text, not in the list, and not the one found first. */
static void earliest_of_several(void **state)
{
    static const char *const several[] = { "e", "th", "c d e" };
    struct writing w = { .d = { .stop = several, .n_stop = 3 }, .tokens = "a| the|" };
    written(*state, &w, "a ", 2, false);
    w.tokens = "c d ef";
    written(*state, &w, "", 5, false);
    w.d.n_stop = 1;
    written(*state, &w, "c d ", 5, false);
    static const char *const empty[] = { "", "f" };
    w.d = (struct decode){ .stop = empty, .n_stop = 2 };
    written(*state, &w, "c d e", 6, false);
}

static void used_up(void **state)
{
    struct writing w = { .d = with_stops(4), .tokens = "abcdef", .max_tokens = 3 };
    written(*state, &w, "abc", 3, true);
    w.tokens = "a\n\nb"; /* a stop in the last token is no cut */
    written(*state, &w, "a", 3, false);
    w.tokens = "a\xe4\xb8\xad"; /* half a character */
    struct arena mem = { 0 };
    struct out out;
    write_text(&out, *state, &w, &mem);
    assert_true(out.cut);
    assert_int_equal(strncmp(out.text, "a\xef\xbf\xbd", 4), 0);
    arena_release(&mem);
}

/* --- thoughts ------------------------------------------------------------ */

static void opened_by_the_model(void **state)
{
    struct writing w = { .d = thinking(4, 0), .tokens = "<t>hm</t>yes" };
    thought(*state, &w, "hm", "yes", NULL);
    w.tokens = " \n<t>hm\n</t>\n\nyes st!";
    thought(*state, &w, "hm\n", "yes ", NULL);
    w.tokens = "<t></t>yes";
    thought(*state, &w, "", "yes", NULL);
    w.tokens = "<t>hm</t>";
    thought(*state, &w, "hm", "", NULL);
    w.tokens = "<t>a<t>b</t>c</t>d"; /* the first closing mark */
    thought(*state, &w, "a<t>b", "c</t>d", NULL);
    struct arena mem = { 0 };
    struct out out;
    w.tokens = "<t>hm</t>yes";
    assert_int_equal(write_text(&out, *state, &w, &mem), 12);
    assert_int_equal(out.n_token, 12);
    assert_int_equal(out.n_think, 9);
    arena_release(&mem);
}

static void opened_by_the_prompt(void **state)
{
    struct writing w = { .d = thinking(4, 0), .tokens = "hm</t>\nyes", .inside = true };
    thought(*state, &w, "hm", "yes", NULL);
    w.tokens = "</t>yes";
    thought(*state, &w, "", "yes", NULL);
    w.tokens = "hm";
    thought(*state, &w, "hm", "", "thinking");
}

static void no_thoughts(void **state)
{
    struct writing w = { .d = thinking(4, 0), .tokens = "yes" };
    thought(*state, &w, NULL, "yes", NULL);
    w.tokens = " <x>y"; /* begins like the mark; its white space stays */
    thought(*state, &w, NULL, " <x>y", NULL);
    w.tokens = "a<t>b</t>c"; /* not at the beginning */
    thought(*state, &w, NULL, "a<t>b</t>c", NULL);
    w.tokens = "<";
    thought(*state, &w, NULL, "<", NULL);
    w.d = (struct decode){ .max_tokens = 0 };
    w.tokens = "<t>b</t>c"; /* nobody looks for them */
    thought(*state, &w, NULL, "<t>b</t>c", NULL);
}

/* What waited to become a mark is searched when it does not. */
static void stop_before_an_answer_without_thoughts(void **state)
{
    static const char *const mark[] = { "<x", "\n\n" };
    struct writing w = { .d = thinking(4, 0), .tokens = "\n\nyes" };
    w.d.stop = mark;
    w.d.n_stop = 2;
    written(*state, &w, "", 3, false);
    w.tokens = " <xyz";
    written(*state, &w, " ", 3, false);
    w.tokens = "\n\n";
    written(*state, &w, "", 2, false);
}

static void never_closed(void **state)
{
    struct writing w = { .d = thinking(4, 0), .tokens = "<t>hm</t", .max_tokens = 8 };
    struct arena mem = { 0 };
    struct out out;
    thought(*state, &w, "hm</t", "", "thinking");
    write_text(&out, *state, &w, &mem);
    assert_true(out.cut);
    assert_int_equal(out.n_think, 8);
    arena_release(&mem);
}

static void stops_do_not_end_thoughts(void **state)
{
    struct writing w = { .d = thinking(4, 0), .tokens = "<t>a stop\n\nb。</t>\n\n\nyes。no" };
    thought(*state, &w, "a stop\n\nb。", "yes", NULL);
    w.tokens = "<t>st</t>op stop"; /* nor begin in them */
    thought(*state, &w, "st", "op ", NULL);
    static const char *const mark[] = { "t>y" };
    w.d.stop = mark;
    w.d.n_stop = 1;
    w.tokens = "<t>st</t>yes";
    thought(*state, &w, "st", "yes", NULL);
}

/* Thoughts have a budget of their own, or share that of the answer. */
static void budgets(void **state)
{
    struct writing w = { .d = thinking(0, 9), .tokens = "<t>ab</t>yes", .max_tokens = 2 };
    struct arena mem = { 0 };
    struct out out;
    assert_int_equal(write_text(&out, *state, &w, &mem), 11);
    assert_string_equal(out.text, "ye");
    assert_true(out.cut && !out.fault);
    w.d.think_tokens = 8;
    assert_int_equal(write_text(&out, *state, &w, &mem), 8);
    assert_string_equal(out.fault, "thinking");
    assert_true(out.cut);
    w.d.think_tokens = 0;
    w.max_tokens = 10;
    assert_int_equal(write_text(&out, *state, &w, &mem), 10);
    assert_string_equal(out.text, "y");
    w.d.think_tokens = 100; /* no thoughts: the answer's own budget */
    w.max_tokens = 3;
    w.tokens = "answer";
    assert_int_equal(write_text(&out, *state, &w, &mem), 3);
    assert_string_equal(out.text, "ans");
    assert_int_equal(out.n_think, 0);
    arena_release(&mem);
}

static void marks_that_are_special_tokens(void **state)
{
    struct writing w = { .d = thinking(4, 0), .tokens = "|<sop>|h[MASK]|[MASK]|m|<eop>|\nyes" };
    w.d.think_open = "<sop>";
    w.d.think_close = "<eop>";
    thought(*state, &w, "h[MASK]m", "yes", NULL);
    w.inside = true;
    w.tokens = "hm|<eop>|yes";
    thought(*state, &w, "hm", "yes", NULL);
    w.inside = false;
    w.tokens = "|<sop>|hm"; /* cut */
    thought(*state, &w, "hm", "", "thinking");
    w.d.think_open = w.d.think_close = NULL; /* not asked for: no text */
    w.tokens = "|<sop>|hm|<eop>|yes";
    thought(*state, &w, NULL, "hmyes", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text),
        cmocka_unit_test(end_of_turn),
        cmocka_unit_test(special_tokens_are_no_text),
        cmocka_unit_test(stop_across_tokens),
        cmocka_unit_test(stop_inside_a_token),
        cmocka_unit_test(stop_of_several_bytes),
        cmocka_unit_test(earliest_of_several),
        cmocka_unit_test(used_up),
        cmocka_unit_test(opened_by_the_model),
        cmocka_unit_test(opened_by_the_prompt),
        cmocka_unit_test(no_thoughts),
        cmocka_unit_test(stop_before_an_answer_without_thoughts),
        cmocka_unit_test(never_closed),
        cmocka_unit_test(stops_do_not_end_thoughts),
        cmocka_unit_test(budgets),
        cmocka_unit_test(marks_that_are_special_tokens),
    };
    char *path = tiny_path("chatglm");
    bool there = path != NULL;
    free(path);
    return there ? cmocka_run_group_tests(tests, setup, teardown) : 77;
}
