/*
 * sidestep for Erlang: the native half of sidestep.erl.
 *
 * A filter is a resource with a pool of scanners, more than there are scheduler threads: a call takes the first free one, beginning at one that its thread
 * used before, and gives it back before it returns. So no scanner is ever used by two threads at once, and none is made while messages are judged.
 */
#include <erl_nif.h>
#include <sidestep.h>
#include <string.h>

enum { SLOTS = 64 };

typedef struct {
    ErlNifMutex *lock;
    sidestep_scanner *scanner;
} slot;

typedef struct {
    const sidestep_filter *filter;
    slot slots[SLOTS];
} pool;

static ErlNifResourceType *pool_type;

static void pool_free(ErlNifEnv *env, void *object)
{
    pool *held = object;
    int i;
    (void)env;
    for (i = 0; i < SLOTS; i++) {
        sidestep_scanner_free(held->slots[i].scanner);
        if (held->slots[i].lock != NULL)
            enif_mutex_destroy(held->slots[i].lock);
    }
    sidestep_filter_release(held->filter);
}

static ERL_NIF_TERM text(ErlNifEnv *env, const char *bytes, size_t length)
{
    ERL_NIF_TERM term;
    memcpy(enif_make_new_binary(env, length, &term), bytes, length);
    return term;
}

static ERL_NIF_TERM fail(ErlNifEnv *env, const char *why)
{
    return enif_make_tuple2(env, enif_make_atom(env, "error"), text(env, why, strlen(why)));
}

/* Paths and whether the shipped packs: NULL for anything else. */
static sidestep_options *options_of(ErlNifEnv *env, ERL_NIF_TERM paths, ERL_NIF_TERM builtin)
{
    sidestep_options *options = sidestep_options_new();
    ERL_NIF_TERM head;
    ErlNifBinary path;
    int good = options != NULL && enif_is_list(env, paths) && enif_is_atom(env, builtin);
    if (good)
        sidestep_options_set_builtin(options, enif_is_identical(builtin, enif_make_atom(env, "true")));
    while (good && enif_get_list_cell(env, paths, &head, &paths))
        good = enif_inspect_binary(env, head, &path) && sidestep_options_add_path(options, (const char *)path.data, path.size) == SIDESTEP_OK;
    if (good)
        return options;
    sidestep_options_free(options);
    return NULL;
}

static ERL_NIF_TERM new_filter(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])
{
    sidestep_options *options = options_of(env, argv[0], argv[1]);
    sidestep_error *error;
    pool *made;
    ERL_NIF_TERM answer;
    int i, good;
    (void)argc;
    if (options == NULL)
        return enif_make_badarg(env);
    error = sidestep_error_new();
    made = enif_alloc_resource(pool_type, sizeof *made);
    memset(made, 0, sizeof *made);
    good = sidestep_filter_new(options, &made->filter, error) == SIDESTEP_OK;
    for (i = 0; good && i < SLOTS; i++) {
        made->slots[i].lock = enif_mutex_create("sidestep");
        good = made->slots[i].lock != NULL && sidestep_scanner_new(made->filter, &made->slots[i].scanner) == SIDESTEP_OK;
    }
    answer = good ? enif_make_tuple2(env, enif_make_atom(env, "ok"), enif_make_resource(env, made)) : fail(env, sidestep_error_text(error));
    enif_release_resource(made);
    sidestep_error_free(error);
    sidestep_options_free(options);
    return answer;
}

/* An idle scanner holds the packs that it last used: an empty message lets it go over to the new ones. One that is at work does so at its next message. */
static void let_go(pool *held)
{
    int i;
    for (i = 0; i < SLOTS; i++) {
        if (enif_mutex_trylock(held->slots[i].lock) == 0) {
            sidestep_scan(held->slots[i].scanner, NULL, 0);
            enif_mutex_unlock(held->slots[i].lock);
        }
    }
}

static ERL_NIF_TERM reload(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])
{
    pool *held;
    sidestep_options *options;
    sidestep_error *error;
    ERL_NIF_TERM answer;
    (void)argc;
    if (!enif_get_resource(env, argv[0], pool_type, (void **)&held) || (options = options_of(env, argv[1], argv[2])) == NULL)
        return enif_make_badarg(env);
    error = sidestep_error_new();
    if (sidestep_filter_reload(held->filter, options, error) == SIDESTEP_OK) {
        let_go(held);
        answer = enif_make_atom(env, "ok");
    } else {
        answer = fail(env, sidestep_error_text(error));
    }
    sidestep_error_free(error);
    sidestep_options_free(options);
    return answer;
}

static ERL_NIF_TERM describe(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])
{
    pool *held;
    size_t needed = 0;
    int32_t code;
    (void)argc;
    if (!enif_get_resource(env, argv[0], pool_type, (void **)&held))
        return enif_make_badarg(env);
    code = sidestep_filter_describe(held->filter, NULL, 0, &needed);
    while (code == SIDESTEP_ERROR_BUFFER) {
        size_t size = needed;
        char *buffer = enif_alloc(size);
        ERL_NIF_TERM answer = 0;
        code = sidestep_filter_describe(held->filter, buffer, size, &needed);
        if (code == SIDESTEP_OK)
            answer = enif_make_tuple2(env, enif_make_atom(env, "ok"), text(env, buffer, strlen(buffer)));
        enif_free(buffer);
        if (code == SIDESTEP_OK)
            return answer;
    }
    return fail(env, sidestep_code_name(code));
}

static ERL_NIF_TERM notice(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])
{
    pool *held;
    ErlNifBinary category, language;
    char buffer[8192];
    int32_t code;
    (void)argc;
    if (!enif_get_resource(env, argv[0], pool_type, (void **)&held) || !enif_inspect_binary(env, argv[1], &category) ||
        !enif_inspect_binary(env, argv[2], &language))
        return enif_make_badarg(env);
    code = sidestep_filter_notice(held->filter, (const char *)category.data, category.size, (const char *)language.data, language.size,
                                  buffer, sizeof buffer, NULL);
    return code == SIDESTEP_OK ? enif_make_tuple2(env, enif_make_atom(env, "ok"), text(env, buffer, strlen(buffer)))
                               : fail(env, sidestep_code_name(code));
}

/* A scanner of its own for the time of a call. */
static slot *take(pool *held)
{
    size_t i, first;
    /* Threads have stacks of their own: the place of a local says which thread this is, well enough to begin at different slots. */
    first = ((size_t)(uintptr_t)&i >> 16) * 0x9E3779B1u >> 8;
    for (i = 0; i < SLOTS; i++) {
        slot *at = &held->slots[(first + i) % SLOTS];
        if (enif_mutex_trylock(at->lock) == 0)
            return at;
    }
    enif_mutex_lock(held->slots[first % SLOTS].lock);
    return &held->slots[first % SLOTS];
}

static ERL_NIF_TERM scan(ErlNifEnv *env, int argc, const ERL_NIF_TERM argv[])
{
    pool *held;
    slot *at;
    ErlNifBinary message;
    const char *json = NULL;
    size_t length = 0;
    int32_t action;
    ERL_NIF_TERM answer;
    (void)argc;
    if (!enif_get_resource(env, argv[0], pool_type, (void **)&held) || !enif_inspect_binary(env, argv[1], &message))
        return enif_make_badarg(env);
    at = take(held);
    action = sidestep_scan(at->scanner, (const char *)message.data, message.size);
    if (action < 0)
        answer = fail(env, sidestep_code_name(action));
    else if (action == SIDESTEP_ACTION_ALLOW)
        answer = enif_make_atom(env, "allow");
    else if (sidestep_verdict_json(at->scanner, &json, &length) == SIDESTEP_OK)
        answer = enif_make_tuple2(env, enif_make_atom(env, sidestep_action_name(action)), text(env, json, length));
    else
        answer = fail(env, "no verdict");
    enif_mutex_unlock(at->lock);
    return answer;
}

static int load(ErlNifEnv *env, void **data, ERL_NIF_TERM info)
{
    (void)data;
    (void)info;
    if (sidestep_abi_version() != SIDESTEP_ABI_VERSION)
        return 1;
    pool_type = enif_open_resource_type(env, NULL, "sidestep", pool_free, ERL_NIF_RT_CREATE | ERL_NIF_RT_TAKEOVER, NULL);
    return pool_type == NULL;
}

static int upgrade(ErlNifEnv *env, void **data, void **old, ERL_NIF_TERM info)
{
    (void)old;
    return load(env, data, info);
}

static ErlNifFunc functions[] = {
    {"filter_nif", 2, new_filter, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"reload_nif", 3, reload, ERL_NIF_DIRTY_JOB_IO_BOUND},
    {"describe_nif", 1, describe, 0},
    {"notice_nif", 3, notice, 0},
    {"scan_nif", 2, scan, 0},
    {"scan_dirty_nif", 2, scan, ERL_NIF_DIRTY_JOB_CPU_BOUND},
};

ERL_NIF_INIT(sidestep, functions, load, NULL, upgrade, NULL)
