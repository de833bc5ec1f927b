-- Sends the tokens in the file that TOKENS names, in turn, or no token if the file is empty.
local requests, last = {}, 0

function init()
    for token in io.lines(os.getenv("TOKENS")) do
        requests[#requests + 1] = wrk.format("GET", nil, { ["Authorization"] = "Bearer " .. token })
    end
    if #requests == 0 then
        requests[1] = wrk.format("GET")
    end
end

function request()
    last = last % #requests + 1
    return requests[last]
end

-- Refusals are cheap, so that a run with a refusal measures nothing.
function done(summary)
    local errors = summary.errors
    if errors.status + errors.connect + errors.read + errors.write + errors.timeout > 0 then
        io.write("errors\n")
    end
end
