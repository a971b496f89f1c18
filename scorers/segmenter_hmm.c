#include "scorers/segmenter_hmm.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* In the order of their letters: of two states of the same worth the later one is
 * taken, as Python's max() of (worth, letter) does. */
enum state { STATE_BEGIN, STATE_END, STATE_MIDDLE, STATE_SINGLE, N_STATE };
static const char letters[] = "BEMS";

enum { N_CODE = HMM_LAST - HMM_FIRST + 1 };

/* jieba's logarithm of zero. Sums with it are the same whatever else is in them,
 * and these ties decide about rare characters. */
#define MIN_LOG (-3.14e100)

/* Which two states may come before each, the smaller letter first. */
static const enum state before[N_STATE][2] = {
    [STATE_BEGIN] = { STATE_END, STATE_SINGLE },
    [STATE_END] = { STATE_BEGIN, STATE_MIDDLE },
    [STATE_MIDDLE] = { STATE_BEGIN, STATE_MIDDLE },
    [STATE_SINGLE] = { STATE_END, STATE_SINGLE },
};

struct hmm {
    double start[N_STATE], trans[N_STATE][N_STATE], emit[N_STATE][N_CODE];
};

/* A reader of Python's {'key': number or the same again, ...}. */
struct literal {
    const char *at;
};

static void skip_space(struct literal *in)
{
    in->at += strspn(in->at, " \t\r\n");
}

static bool take(struct literal *in, char c)
{
    skip_space(in);
    if (*in->at != c)
        return false;
    in->at++;
    return true;
}

/* A key of one character, as it is or as \uXXXX. */
static bool read_key(int32_t *code, struct literal *in)
{
    if (!take(in, '\''))
        return false;
    if (in->at[0] == '\\' && in->at[1] == 'u') {
        char digits[5] = { 0 }, *end;
        memcpy(digits, in->at + 2, strnlen(in->at + 2, 4));
        *code = (int32_t)strtol(digits, &end, 16);
        if (end != digits + 4)
            return false;
        in->at += 6;
    } else if (*in->at) {
        in->at += utf8_next(in->at, strlen(in->at), code);
    }
    return take(in, '\'') && take(in, ':');
}

static bool read_value(double *out, struct literal *in)
{
    char *end;
    skip_space(in);
    *out = strtod(in->at, &end);
    if (end == in->at)
        return false;
    in->at = end;
    return true;
}

/* Behind an entry: 1 = another one, 0 = the end, negative = neither. */
static int another(struct literal *in)
{
    if (take(in, '}'))
        return 0;
    if (!take(in, ','))
        return -1;
    return take(in, '}') ? 0 : 1;
}

/* What stands behind "P=". */
static struct literal literal_of(const char *module)
{
    const char *p = strstr(module, "P=");
    return (struct literal){ p ? p + 2 : "" };
}

static bool read_state(size_t *state, struct literal *in)
{
    int32_t code = 0;
    if (!read_key(&code, in) || code <= 0 || code > 'Z')
        return false;
    const char *letter = strchr(letters, (char)code);
    *state = letter ? (size_t)(letter - letters) : 0;
    return letter != NULL;
}

static bool read_states(double out[N_STATE], struct literal *in)
{
    size_t state;
    int more = take(in, '{') ? 1 : -1;
    while (more > 0)
        more = read_state(&state, in) && read_value(&out[state], in) ? another(in) : -1;
    return more == 0;
}

/* What is beyond the characters that the model is asked for is left out. */
static bool read_codes(double out[N_CODE], struct literal *in)
{
    int32_t code = 0;
    double value;
    int more = take(in, '{') ? 1 : -1;
    while (more > 0) {
        more = read_key(&code, in) && read_value(&value, in) ? another(in) : -1;
        if (more >= 0 && code >= HMM_FIRST && code <= HMM_LAST)
            out[code - HMM_FIRST] = value;
    }
    return more == 0;
}

static bool read_trans(struct hmm *h, const char *module)
{
    struct literal in = literal_of(module);
    size_t state;
    int more = take(&in, '{') ? 1 : -1;
    while (more > 0)
        more = read_state(&state, &in) && read_states(h->trans[state], &in) ? another(&in) : -1;
    return more == 0;
}

static bool read_emit(struct hmm *h, const char *module)
{
    struct literal in = literal_of(module);
    size_t state;
    int more = take(&in, '{') ? 1 : -1;
    while (more > 0)
        more = read_state(&state, &in) && read_codes(h->emit[state], &in) ? another(&in) : -1;
    return more == 0;
}

static const char *bad_table(struct hmm *h, const struct hmm_tables *tables)
{
    struct literal start = literal_of(tables->start);
    if (!read_states(h->start, &start))
        return "prob_start.py";
    if (!read_trans(h, tables->trans))
        return "prob_trans.py";
    return read_emit(h, tables->emit) ? NULL : "prob_emit.py";
}

int hmm_new(struct hmm **out, const struct hmm_tables *tables, struct err *e)
{
    struct hmm *h = xmalloc(sizeof *h);
    for (size_t i = 0; i < N_STATE; i++) {
        h->start[i] = MIN_LOG;
        for (size_t k = 0; k < N_STATE; k++)
            h->trans[i][k] = MIN_LOG;
        for (size_t k = 0; k < N_CODE; k++)
            h->emit[i][k] = MIN_LOG;
    }
    const char *bad = bad_table(h, tables);
    if (bad) {
        hmm_free(h);
        return err_set(e, ERR_INPUT, "%s: not a table of the states B, E, M and S", bad);
    }
    *out = h;
    return 0;
}

void hmm_free(struct hmm *h)
{
    free(h);
}

/* One character on: the worth of each state, and which one came before it. */
static void advance(double worth[N_STATE], uint8_t from[N_STATE], const struct hmm *h,
                    int32_t code)
{
    double last[N_STATE];
    memcpy(last, worth, sizeof last);
    for (size_t y = 0; y < N_STATE; y++) {
        double emit = h->emit[y][code - HMM_FIRST];
        size_t a = before[y][0], b = before[y][1];
        double from_a = last[a] + h->trans[a][y] + emit;
        double from_b = last[b] + h->trans[b][y] + emit;
        worth[y] = from_b >= from_a ? from_b : from_a;
        from[y] = (uint8_t)(from_b >= from_a ? b : a);
    }
}

void hmm_cut(bool *ends, const struct hmm *h, const int32_t *code, size_t n, struct arena *mem)
{
    double worth[N_STATE];
    uint8_t(*from)[N_STATE] = arena_array(mem, n, sizeof *from);
    for (size_t y = 0; y < N_STATE; y++)
        worth[y] = h->start[y] + h->emit[y][code[0] - HMM_FIRST];
    for (size_t i = 1; i < n; i++)
        advance(worth, from[i], h, code[i]);
    size_t state = worth[STATE_SINGLE] >= worth[STATE_END] ? STATE_SINGLE : STATE_END;
    for (size_t i = n; i-- > 0; state = from[i][state])
        ends[i] = state == STATE_END || state == STATE_SINGLE;
}
