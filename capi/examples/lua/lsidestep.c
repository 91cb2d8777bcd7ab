/*
 * sidestep for Lua 5.2 to 5.4:
 *
 *   local sidestep = require "sidestep"
 *   local filter, why = sidestep.filter{ builtin = true, paths = { "packs" } }
 *   local scanner = filter:scanner()
 *   local action, json = scanner:scan("message")   -- "allow" and nil, or the action and the verdict; nil and why on failure
 *   local ok, why = filter:reload{ paths = { "packs" } }
 *
 * A scanner belongs to one Lua state, and so to one thread. Everything is freed by the garbage collector. No function raises but for wrong argument types.
 */
#include <lauxlib.h>
#include <lua.h>
#include <sidestep.h>

#define FILTER "sidestep.filter"
#define SCANNER "sidestep.scanner"

typedef struct {
    const sidestep_filter *handle;
} filter_box;

typedef struct {
    sidestep_scanner *handle;
} scanner_box;

static int fail(lua_State *L, const char *why)
{
    lua_pushnil(L);
    lua_pushstring(L, why);
    return 2;
}

/* Userdata of its own, so that it is freed even where Lua raises. */
typedef struct {
    sidestep_options *options;
    sidestep_error *error;
} request_box;

static int request_gc(lua_State *L)
{
    request_box *box = lua_touserdata(L, 1);
    sidestep_options_free(box->options);
    sidestep_error_free(box->error);
    box->options = NULL;
    box->error = NULL;
    return 0;
}

/* Reads the table of options at index; leaves the request on the stack. */
static request_box *request(lua_State *L, int index)
{
    request_box *box = lua_newuserdata(L, sizeof *box);
    lua_Integer i, count;
    box->options = NULL;
    box->error = NULL;
    lua_newtable(L);
    lua_pushcfunction(L, request_gc);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    box->options = sidestep_options_new();
    box->error = sidestep_error_new();
    if (!lua_istable(L, index))
        return box;
    lua_getfield(L, index, "builtin");
    if (!lua_isnil(L, -1))
        sidestep_options_set_builtin(box->options, lua_toboolean(L, -1));
    lua_pop(L, 1);
    lua_getfield(L, index, "paths");
    count = lua_istable(L, -1) ? (lua_Integer)lua_rawlen(L, -1) : 0;
    for (i = 1; i <= count; i++) {
        size_t length = 0;
        const char *path;
        lua_rawgeti(L, -1, (int)i);
        path = lua_tolstring(L, -1, &length);
        if (sidestep_options_add_path(box->options, path, path == NULL ? 0 : length) != SIDESTEP_OK)
            luaL_error(L, "sidestep: paths[%d] is not a path", (int)i);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return box;
}

static int new_filter(lua_State *L)
{
    request_box *wanted;
    filter_box *box;
    lua_settop(L, 1);
    wanted = request(L, 1);
    box = lua_newuserdata(L, sizeof *box);
    box->handle = NULL;
    luaL_setmetatable(L, FILTER);
    if (sidestep_filter_new(wanted->options, &box->handle, wanted->error) != SIDESTEP_OK)
        return fail(L, sidestep_error_text(wanted->error));
    return 1;
}

static int filter_reload(lua_State *L)
{
    filter_box *box = luaL_checkudata(L, 1, FILTER);
    request_box *wanted;
    lua_settop(L, 2);
    wanted = request(L, 2);
    if (sidestep_filter_reload(box->handle, wanted->options, wanted->error) != SIDESTEP_OK)
        return fail(L, sidestep_error_text(wanted->error));
    lua_pushboolean(L, 1);
    return 1;
}

static int filter_describe(lua_State *L)
{
    filter_box *box = luaL_checkudata(L, 1, FILTER);
    size_t needed = 0;
    int32_t code = sidestep_filter_describe(box->handle, NULL, 0, &needed);
    while (code == SIDESTEP_ERROR_BUFFER) {
        size_t size = needed;
        char *buffer = lua_newuserdata(L, size);
        code = sidestep_filter_describe(box->handle, buffer, size, &needed);
        if (code == SIDESTEP_OK) {
            lua_pushstring(L, buffer);
            return 1;
        }
    }
    return fail(L, sidestep_code_name(code));
}

static int filter_notice(lua_State *L)
{
    filter_box *box = luaL_checkudata(L, 1, FILTER);
    size_t category_length, language_length, needed = 0;
    const char *category = luaL_checklstring(L, 2, &category_length);
    const char *language = luaL_optlstring(L, 3, "en", &language_length);
    char buffer[8192];
    int32_t code =
        sidestep_filter_notice(box->handle, category, category_length, language, language_length, buffer, sizeof buffer, &needed);
    if (code != SIDESTEP_OK)
        return fail(L, sidestep_code_name(code));
    lua_pushstring(L, buffer);
    return 1;
}

static int filter_gc(lua_State *L)
{
    filter_box *box = luaL_checkudata(L, 1, FILTER);
    sidestep_filter_release(box->handle);
    box->handle = NULL;
    return 0;
}

static int new_scanner(lua_State *L)
{
    filter_box *from = luaL_checkudata(L, 1, FILTER);
    scanner_box *box = lua_newuserdata(L, sizeof *box);
    int32_t code;
    box->handle = NULL;
    luaL_setmetatable(L, SCANNER);
    code = sidestep_scanner_new(from->handle, &box->handle);
    return code == SIDESTEP_OK ? 1 : fail(L, sidestep_code_name(code));
}

static int scanner_scan(lua_State *L)
{
    scanner_box *box = luaL_checkudata(L, 1, SCANNER);
    size_t length = 0;
    const char *message = luaL_checklstring(L, 2, &length), *json = NULL;
    int32_t action = sidestep_scan(box->handle, message, length);
    if (action < 0)
        return fail(L, sidestep_code_name(action));
    lua_pushstring(L, sidestep_action_name(action));
    if (action == SIDESTEP_ACTION_ALLOW || sidestep_verdict_json(box->handle, &json, &length) != SIDESTEP_OK)
        return 1;
    lua_pushlstring(L, json, length);
    return 2;
}

static int scanner_gc(lua_State *L)
{
    scanner_box *box = luaL_checkudata(L, 1, SCANNER);
    sidestep_scanner_free(box->handle);
    box->handle = NULL;
    return 0;
}

static void class(lua_State *L, const char *name, const luaL_Reg *methods)
{
    luaL_newmetatable(L, name);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}

int luaopen_sidestep(lua_State *L);

int luaopen_sidestep(lua_State *L)
{
    static const luaL_Reg filter_methods[] = {{"scanner", new_scanner},   {"reload", filter_reload}, {"describe", filter_describe},
                                              {"notice", filter_notice}, {"__gc", filter_gc},       {NULL, NULL}};
    static const luaL_Reg scanner_methods[] = {{"scan", scanner_scan}, {"__gc", scanner_gc}, {NULL, NULL}};
    static const luaL_Reg functions[] = {{"filter", new_filter}, {NULL, NULL}};
    if (sidestep_abi_version() != SIDESTEP_ABI_VERSION)
        return luaL_error(L, "libsidestep has another ABI than this module was built for");
    class(L, FILTER, filter_methods);
    class(L, SCANNER, scanner_methods);
    luaL_newlib(L, functions);
    return 1;
}
