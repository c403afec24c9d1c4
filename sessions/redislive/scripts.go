package redislive

import "github.com/redis/go-redis/v9"

// The scripts use the server's clock, so that nodes whose clocks differ agree, and
// pcall where a key may hold something of another type, which is then replaced.

// putScript keeps a copy unless one with a higher seq is there.
// KEYS: copy. ARGV: seq, copy, milliseconds to keep it.
var putScript = redis.NewScript(`
local held = redis.pcall('GET', KEYS[1])
local seq = type(held) == 'string' and tonumber(string.match(held, '^(%d+)\n'))
if seq and seq > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
`)

// announceScript notes until when a member is there, and forgets who has gone.
// KEYS: set. ARGV: member, milliseconds.
var announceScript = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local added = redis.pcall('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
if type(added) == 'table' then
	redis.call('DEL', KEYS[1])
	redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[1], last[2])
return 1
`)

// presentScript returns who is there. KEYS: set.
var presentScript = redis.NewScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local there = redis.pcall('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
return there.err and {} or there
`)

// rateScript takes a token and returns 0, or the microseconds until there is one:
// the generic cell rate algorithm (ITU-T I.371). What is kept is when the bucket will
// be full; a time beyond what a bucket can hold is not believed.
// KEYS: bucket. ARGV: microseconds a token, burst.
var rateScript = redis.NewScript(rateSource)

const rateSource = `
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local each = tonumber(ARGV[1])
local room = each * tonumber(ARGV[2])
local held = redis.pcall('GET', KEYS[1])
local full = type(held) == 'string' and tonumber(held) or now
if not (full > now) then full = now end
if full > now + room then full = now + room end
full = full + each
local wait = full - now - room
if wait >= 1 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0
`
