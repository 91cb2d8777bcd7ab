%% sidestep for Erlang, over its C ABI. A filter may be used by any number of processes at once.
%%
%%   ok = sidestep:init(),                          % loads the native half, which lies beside this module
%%   {ok, Filter} = sidestep:filter([<<"packs">>], true),
%%   allow = sidestep:scan(Filter, <<"see you at eight">>),
%%   {block, Json} = sidestep:scan(Filter, <<"...">>),
%%   {error, Why} = sidestep:reload(Filter, [<<"broken">>], true)   % the packs before go on
-module(sidestep).

-export([init/0, filter/2, reload/3, describe/1, notice/3, scan/2]).
-nifs([filter_nif/2, reload_nif/3, describe_nif/1, notice_nif/3, scan_nif/2, scan_dirty_nif/2]).

-export_type([filter/0, action/0]).
-opaque filter() :: reference().
-type action() :: warn | review | block.

%% The worst text of this length takes about a millisecond, as long as a scheduler may be held. Longer ones go to a dirty scheduler, whose detour costs more
%% than a usual scan.
-define(LONG, 1024).

%% Loads the native half. May be called any number of times.
-spec init() -> ok | {error, binary()}.
init() ->
    Folder = filename:dirname(code:which(?MODULE)),
    try erlang:load_nif(filename:join(Folder, "sidestep_nif"), 0) of
        ok -> ok;
        {error, {reload, _}} -> ok;
        {error, {upgrade, _}} -> ok;
        {error, {_, Text}} -> {error, unicode:characters_to_binary(Text)}
    catch
        _:Reason -> {error, unicode:characters_to_binary(io_lib:format("~p", [Reason]))}
    end.

%% Pack files or folders, and whether the shipped packs are loaded before them.
-spec filter([binary()], boolean()) -> {ok, filter()} | {error, binary()}.
filter(Paths, Builtin) -> filter_nif(Paths, Builtin).

%% Other packs in place of those loaded; where they are refused those before go on.
-spec reload(filter(), [binary()], boolean()) -> ok | {error, binary()}.
reload(Filter, Paths, Builtin) -> reload_nif(Filter, Paths, Builtin).

%% What is loaded, as JSON.
-spec describe(filter()) -> {ok, binary()} | {error, binary()}.
describe(Filter) -> describe_nif(Filter).

%% What the packs want told to the sender of a message of a category.
-spec notice(filter(), binary(), binary()) -> {ok, binary()} | {error, binary()}.
notice(Filter, Category, Language) -> notice_nif(Filter, Category, Language).

%% Judges a message. Beside the action: the verdict as JSON.
-spec scan(filter(), binary()) -> allow | {action(), binary()} | {error, binary()}.
scan(Filter, Text) when byte_size(Text) > ?LONG -> scan_dirty_nif(Filter, Text);
scan(Filter, Text) -> scan_nif(Filter, Text).

filter_nif(_, _) -> erlang:nif_error(not_loaded).
reload_nif(_, _, _) -> erlang:nif_error(not_loaded).
describe_nif(_) -> erlang:nif_error(not_loaded).
notice_nif(_, _, _) -> erlang:nif_error(not_loaded).
scan_nif(_, _) -> erlang:nif_error(not_loaded).
scan_dirty_nif(_, _) -> erlang:nif_error(not_loaded).
