-- Sends the tokens in the file that TOKENS names, in turn, or no token if the file is empty. If FRESH names
-- another file, one request in a hundred has the next token of that one, beginning with number FRESH_FROM.
local requests, last = {}, 0
local fresh, next_fresh = {}, tonumber(os.getenv("FRESH_FROM") or 0)

local function read(name, into)
    for token in io.lines(name) do
        into[#into + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token })
    end
end

function init()
    read(os.getenv("TOKENS"), requests)
    if os.getenv("FRESH") then
        read(os.getenv("FRESH"), fresh)
    end
    if #requests == 0 then
        requests[1] = wrk.format("GET")
    end
end

function request()
    last = last + 1
    if #fresh > 0 and last % 100 == 0 then
        next_fresh = next_fresh % #fresh + 1
        return fresh[next_fresh]
    end
    return requests[last % #requests + 1]
end

-- Refusals are cheap, so that a run with a refusal measures nothing.
function done(summary, latency)
    local errors = summary.errors
    if errors.status + errors.connect + errors.read + errors.write + errors.timeout > 0 then
        io.write("errors\n")
    end
    io.write(string.format("p99 %d\np99.9 %d\n", latency:percentile(99), latency:percentile(99.9)))
end
