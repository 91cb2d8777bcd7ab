-- Judges each argument, or a message that shows what a verdict is.
local sidestep = require "sidestep"
local filter = assert(sidestep.filter {})
local scanner = assert(filter:scanner())
for _, message in ipairs(#arg > 0 and arg or { "see you at eight", "add me on wh4ts@pp +1 415 555 0132" }) do
	local action, verdict = scanner:scan(message)
	print(("%-7s%s"):format(action, message))
	if verdict then print("       " .. verdict) end
end
