-- Sends the request that a file holds: wrk … URL -- REQUEST_FILE FIRST_NUMBER. It comes from a file
-- because the command line can't hold 10,000 keys. Where `{n}` stands in it, each is sent with the
-- next number.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  local whole = file:read("*a")
  file:close()
  local start, stop = whole:find("{n}", 1, true)
  if not start then
    wrk.format = function() return whole end
    return
  end
  local before, after, number = whole:sub(1, start - 1), whole:sub(stop + 1), tonumber(args[2])
  request = function()
    number = number + 1
    return before .. string.format("%d", number) .. after
  end
end

-- The same line that load.py prints.
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '{"answers": %d, "seconds": %.6f, "refused": %d, "broken": %d}\n',
    summary.requests,
    summary.duration / 1e6,
    errors.status,
    errors.connect + errors.read + errors.write + errors.timeout
  ))
end
