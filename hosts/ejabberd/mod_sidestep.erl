%% Judges what clients of this server send, with libsidestep in ejabberd's own process. Never takes ejabberd down: where the library or the packs are missing,
%% or a scan fails, it logs and delivers (or refuses, with `on_error: reject`).
-module(mod_sidestep).
-behaviour(gen_mod).

-export([start/2, stop/1, reload/3, depends/2, mod_options/1, mod_opt_type/1, mod_doc/0]).
-export([user_send_packet/1, sidestep_reload/0]).

-include_lib("kernel/include/logger.hrl").
-include_lib("p1_xmpp/include/xmpp.hrl").
-include("ejabberd_commands.hrl").

%% One for the whole server, whatever the number of virtual hosts.
-define(FILTER, {?MODULE, filter}).

start(Host, _Opts) ->
    case persistent_term:get(?FILTER, none) of
        none -> load(Host);
        _ -> ok
    end,
    ejabberd_commands:register_commands(?MODULE, commands()),
    ejabberd_hooks:add(user_send_packet, Host, ?MODULE, user_send_packet, 5).

stop(Host) ->
    ejabberd_hooks:delete(user_send_packet, Host, ?MODULE, user_send_packet, 5),
    case [Other || Other <- hosts(), Other =/= Host] of
        [] ->
            ejabberd_commands:unregister_commands(commands()),
            persistent_term:erase(?FILTER);
        _ -> ok
    end.

%% `ejabberdctl reload_config` with other options of this module.
reload(Host, _New, _Old) -> load(Host).

depends(_Host, _Opts) -> [].

mod_opt_type(packs) -> econf:list(econf:binary());
mod_opt_type(builtin) -> econf:bool();
mod_opt_type(reject_at) -> econf:enum([warn, review, block, never]);
mod_opt_type(on_error) -> econf:enum([deliver, reject]).

mod_options(_Host) -> [{packs, []}, {builtin, true}, {reject_at, block}, {on_error, deliver}].

mod_doc() -> #{desc => "Judges messages with sidestep before they are routed."}.

commands() ->
    [#ejabberd_commands{name = sidestep_reload, tags = [config], module = ?MODULE, function = sidestep_reload, args = [],
                        desc = "Load the packs of mod_sidestep again; where they are refused those before go on", result = {res, rescode}}].

sidestep_reload() ->
    case hosts() of
        [Host | _] -> load(Host);
        [] -> error
    end.

hosts() -> [Host || Host <- ejabberd_option:hosts(), gen_mod:is_loaded(Host, ?MODULE)].

%% Loads packs, for the first time or again.
load(Host) ->
    Paths = gen_mod:get_module_opt(Host, ?MODULE, packs),
    Builtin = gen_mod:get_module_opt(Host, ?MODULE, builtin),
    try load(persistent_term:get(?FILTER, none), Paths, Builtin) of
        {ok, Filter} ->
            ?LOG_NOTICE("sidestep: packs loaded: ~ts", [packs(Filter)]);
        {error, no_library, Why} ->
            ?LOG_ERROR("sidestep: the library cannot be used, messages are ~ts: ~ts", [policy(Host), Why]),
            error;
        {error, none, Why} ->
            ?LOG_ERROR("sidestep: packs refused, no packs, messages are ~ts:~n~ts", [policy(Host), Why]),
            error;
        {error, _, Why} ->
            ?LOG_ERROR("sidestep: packs refused, the packs before go on:~n~ts", [Why]),
            error
    catch
        _:Reason ->
            ?LOG_ERROR("sidestep: the library cannot be used, messages are ~ts: ~p", [policy(Host), Reason]),
            error
    end.

load(none, Paths, Builtin) ->
    case sidestep:init() of
        ok ->
            case sidestep:filter(Paths, Builtin) of
                {ok, Filter} ->
                    persistent_term:put(?FILTER, Filter),
                    {ok, Filter};
                {error, Why} -> {error, none, Why}
            end;
        {error, Why} -> {error, no_library, Why}
    end;
load(Filter, Paths, Builtin) ->
    case sidestep:reload(Filter, Paths, Builtin) of
        ok -> {ok, Filter};
        {error, Why} -> {error, kept, Why}
    end.

packs(Filter) ->
    {ok, Json} = sidestep:describe(Filter),
    #{<<"packs">> := Packs} = jiffy:decode(Json, [return_maps]),
    lists:join(", ", [[Id, " ", Version] || #{<<"id">> := Id, <<"version">> := Version} <- Packs]).

policy(Host) ->
    case gen_mod:get_module_opt(Host, ?MODULE, on_error) of
        reject -> "rejected";
        deliver -> "delivered unchecked"
    end.

%% Runs in the sender's own process: one scan is about a microsecond.
user_send_packet({#message{type = error}, _} = Acc) -> Acc;
user_send_packet({#message{} = Message, #{lserver := Host}} = Acc) ->
    try judge(texts(Message)) of
        allow -> Acc;
        {Action, Verdict} -> flagged(Action, Verdict, Host, Acc)
    catch
        Class:Reason ->
            persistent_term:get(?FILTER, none) =:= none orelse ?LOG_ERROR("sidestep: scan failed: ~p:~p", [Class, Reason]),
            case gen_mod:get_module_opt(Host, ?MODULE, on_error) of
                deliver -> Acc;
                reject -> refuse(<<"Messages cannot be checked at the moment">>, Acc)
            end
    end;
user_send_packet(Acc) -> Acc.

texts(#message{body = Body, subject = Subject}) -> [Data || #text{data = Data} <- Body ++ Subject].

%% The strongest verdict on any of the texts. Fails where one cannot be judged.
judge(Texts) ->
    Filter = persistent_term:get(?FILTER),
    lists:foldl(fun(Text, Worst) -> stronger(sidestep:scan(Filter, Text), Worst) end, allow, Texts).

stronger({error, Why}, _) -> error({scan, Why});
stronger(Verdict, Worst) ->
    case rank(Verdict) > rank(Worst) of
        true -> Verdict;
        false -> Worst
    end.

rank({Action, _}) -> rank(Action);
rank(allow) -> 0;
rank(warn) -> 1;
rank(review) -> 2;
rank(block) -> 3;
rank(never) -> 4.

flagged(Action, Json, Host, {Message, _} = Acc) ->
    #{<<"categories">> := Categories, <<"findings">> := Findings} = jiffy:decode(Json, [return_maps]),
    Rejected = rank(Action) >= rank(gen_mod:get_module_opt(Host, ?MODULE, reject_at)),
    %% One line a flagged message: who and which rules, never its words.
    ?LOG_WARNING("sidestep: flagged ~s: from ~ts to ~ts, ~s, rules ~ts",
                 [Action, jid:encode(Message#message.from), jid:encode(Message#message.to),
                  case Rejected of true -> "rejected"; false -> "delivered" end,
                  lists:join(" ", lists:usort([Rule || #{<<"rule">> := Rule} <- Findings]))]),
    %% For modules that queue messages for people: Fun(Message, Action, VerdictJson, Rejected).
    ejabberd_hooks:run(sidestep_flagged, Host, [Message, Action, Json, Rejected]),
    Text = notice(Action, Categories, xmpp:get_lang(Message)),
    case Rejected of
        true -> refuse(Text, Acc);
        false when Action =:= warn, Text =/= <<>> -> tell(Text, Host, Acc);
        false -> Acc
    end.

tell(Text, Host, {#message{from = Sender}, _} = Acc) ->
    ejabberd_router:route(#message{type = headline, from = jid:make(Host), to = Sender, body = xmpp:mk_text(Text)}),
    Acc.

notice(Action, Categories, Language) ->
    Wanted = atom_to_binary(Action, utf8),
    Filter = persistent_term:get(?FILTER),
    Notices = [sidestep:notice(Filter, Name, Language) || {Name, #{<<"action">> := A}} <- maps:to_list(Categories), A =:= Wanted],
    case [Text || {ok, Text} <- Notices] of
        [Text | _] -> Text;
        [] -> <<>>
    end.

refuse(Text, {Message, State}) ->
    ejabberd_router:route_error(Message, xmpp:err_not_acceptable(Text, <<"en">>)),
    {stop, {drop, State}}.
