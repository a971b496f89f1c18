/* Journal lines: a line that is read is written as one that reads the same. */
#include "evaluator/journal/journal.h"
#include "tests/fuzz/fuzz.h"

static void write_record(struct strbuf *out, const struct record *r, bool keep_prompts)
{
    record_write(out, &r->trace, r->failed, r->why, r->score, r->n_score, keep_prompts);
}

static void round_trip(const struct record *r, bool keep_prompts, struct arena *mem)
{
    struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
    struct record again;
    struct err e = { 0 };
    write_record(&once, r, keep_prompts);
    assert(!strchr(once.s, '\n'));
    assert(record_parse(&again, once.s, once.len, mem, &e) == 0);
    write_record(&twice, &again, keep_prompts);
    assert(strcmp(once.s, twice.s) == 0);
    strbuf_release(&once);
    strbuf_release(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena mem = { 0 };
    struct record r;
    struct err e = { 0 };
    if (record_parse(&r, (const char *)data, size, &mem, &e) == 0) {
        round_trip(&r, false, &mem);
        round_trip(&r, true, &mem);
    } else {
        assert(fuzz_explained(&e));
    }
    arena_release(&mem);
    return 0;
}
