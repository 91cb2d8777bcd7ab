-- Judges messages before they are routed, with libsidestep in Prosody's own process. Never takes Prosody down: where the library or the packs are missing, or
-- a scan fails, it logs and delivers (or refuses, with sidestep_on_error = "reject").
local st = require "util.stanza";
local json = require "util.json";

local actions = { allow = 0, warn = 1, review = 2, block = 3, never = 4 };

-- One for the whole server, whatever the number of virtual hosts.
local shared = module:shared("/*/sidestep/engine");

local function options()
	return {
		builtin = module:get_option_boolean("sidestep_builtin", true);
		paths = module:get_option_array("sidestep_packs", {});
	};
end

local function reject_on_error()
	return module:get_option_string("sidestep_on_error", "deliver") == "reject";
end

local function policy()
	return reject_on_error() and "rejected" or "delivered unchecked";
end

local function loaded()
	local description = json.decode(shared.filter:describe() or "{}") or {};
	local names = {};
	for _, pack in ipairs(description.packs or {}) do table.insert(names, pack.id .. " " .. pack.version); end
	module:log("info", "packs loaded: %s", table.concat(names, ", "));
end

local function load()
	local found, sidestep = pcall(require, "sidestep");
	if not found then
		module:log("error", "the library cannot be used, messages are %s: %s", policy(), sidestep);
		return;
	end
	local ok, filter, why = pcall(sidestep.filter, options());
	if not ok or not filter then
		module:log("error", "packs refused, no packs, messages are %s:\n%s", policy(), not ok and filter or why);
		return;
	end
	shared.filter, shared.scanner = filter, filter:scanner();
	loaded();
end

local function reload()
	if not shared.filter then return load(); end
	local ok, done, why = pcall(shared.filter.reload, shared.filter, options());
	if ok and done then
		loaded();
	else
		module:log("error", "packs refused, the packs before go on:\n%s", not ok and done or why);
	end
end

-- The verdict on all that a reader of the stanza reads, the strongest of them; false where it cannot be said.
local function judge(stanza)
	local worst, verdict = 0, nil;
	for tag in stanza:childtags() do
		if tag.name == "body" or tag.name == "subject" then
			local ok, action, verdict_json = pcall(shared.scanner.scan, shared.scanner, tag:get_text() or "");
			if not ok or not action then
				module:log("error", "scan failed: %s", not ok and action or verdict_json);
				return false;
			end
			if actions[action] > worst then worst, verdict = actions[action], json.decode(verdict_json); end
		end
	end
	return worst, verdict;
end

-- One line a flagged message: who and which rules, never its words.
local function note(stanza, verdict, rejected)
	local rules, seen = {}, {};
	for _, finding in ipairs(verdict.findings) do
		if not seen[finding.rule] then
			seen[finding.rule] = true;
			table.insert(rules, finding.rule);
		end
	end
	module:log("warn", "flagged %s: from %s to %s, %s, rules %s", verdict.action, stanza.attr.from, stanza.attr.to,
		rejected and "rejected" or "delivered", table.concat(rules, " "));
end

local function notice(verdict)
	for name, category in pairs(verdict.categories) do
		if category.action == verdict.action then
			local text = shared.filter:notice(name);
			if text then return text; end
		end
	end
end

local function refuse(event, text)
	event.origin.send(st.error_reply(event.stanza, "cancel", "not-acceptable", text));
	return true;
end

local function check(event)
	local stanza = event.stanza;
	if stanza.attr.type == "error" then return; end
	local rank, verdict;
	if shared.scanner then rank, verdict = judge(stanza); end
	if not rank then
		if reject_on_error() then return refuse(event, "Messages cannot be checked at the moment"); end
		return;
	end
	if not verdict then return; end
	local rejected = rank >= (actions[module:get_option_string("sidestep_reject_at", "block")] or actions.block);
	note(stanza, verdict, rejected);
	-- For modules that queue messages for people.
	module:fire_event("sidestep/flagged", { stanza = stanza, origin = event.origin, verdict = verdict, rejected = rejected });
	local text = notice(verdict);
	if rejected then return refuse(event, text); end
	if verdict.action == "warn" and text then
		event.origin.send(st.message({ type = "headline", from = module.host, to = stanza.attr.from }):text_tag("body", text));
	end
end

-- Private and group chat: what clients of this server send, before anything else sees it.
for _, kind in ipairs { "bare", "full", "host" } do
	module:hook("pre-message/" .. kind, check, 1000);
end

if not shared.filter then load(); end
-- `prosodyctl reload` or SIGHUP: once, whatever the number of virtual hosts.
shared.keeper = shared.keeper or module.host;
module:hook_global("config-reloaded", function()
	if shared.keeper == module.host then reload(); end
end);

function module.unload()
	if shared.keeper == module.host then shared.keeper = nil; end
end
