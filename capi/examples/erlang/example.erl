%% Judges messages that show what a verdict is.
-module(example).
-export([main/0]).

main() ->
    ok = sidestep:init(),
    {ok, Filter} = sidestep:filter([], true),
    [show(Text, sidestep:scan(Filter, Text)) || Text <- [<<"see you at eight">>, <<"add me on wh4ts@pp +1 415 555 0132">>]],
    ok.

show(Text, allow) -> io:format("allow  ~ts~n", [Text]);
show(Text, {Action, Json}) -> io:format("~-7s~ts~n       ~ts~n", [Action, Text, Json]).
