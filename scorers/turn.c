#include "scorers/turn.h"

#include <string.h>

static int not_there(const char *on, enum ask ask, struct err *e)
{
    if (on)
        return err_set(e, ERR_INPUT, "on: there is no step '%s'", on);
    return err_set(e, ERR_INPUT, "no step %s",
                   ask == ASK_LOGLIK ? "asks for likelihoods"
                   : ask == ASK_EXEC ? "runs programs"
                                     : "writes text");
}

static int asks_otherwise(const struct turn *t, enum ask ask, struct err *e)
{
    return err_set(e, ERR_INPUT, "step '%s' %s", t->step,
                   ask == ASK_LOGLIK ? "asks for no likelihoods"
                   : ask == ASK_EXEC ? "runs no programs"
                                     : "writes no text");
}

bool turn_is_added(const struct turn *t)
{
    return strchr(t->step, TURN_ROTATED) || strcmp(t->step, TURN_ORDER) == 0;
}

static bool is_meant(const struct turn *t, const char *on, const char *but, enum ask ask)
{
    if (on)
        return strcmp(t->step, on) == 0;
    return t->q.ask == ask && !turn_is_added(t) && (!but || strcmp(t->step, but) != 0);
}

int turn_find(const struct turn **out, const struct trace *t, const char *on, const char *but,
              enum ask ask, struct err *e)
{
    for (size_t i = t->n_turn; i-- > 0;) {
        const struct turn *turn = &t->turn[i];
        if (!is_meant(turn, on, but, ask))
            continue;
        if (turn->q.ask != ask)
            return asks_otherwise(turn, ask, e);
        *out = turn;
        return 0;
    }
    return not_there(on, ask, e);
}
