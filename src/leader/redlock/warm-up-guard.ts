/**
 * Makes Redlock's acquire script refuse on a server that has been up for less than the lease.
 *
 * A Redis without persistence forgets the lock when it restarts; a second holder would get it at once while the first
 * still acts. This is the "delayed restart" of https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/
 * without an operator. ARGV[2] is the lease in milliseconds.
 */
export function refuseWhileWarmingUp(acquireScript: string): string {
  return `
  local uptime = tonumber(string.match(redis.call("INFO", "server"), "uptime_in_seconds:(%d+)"))
  if uptime * 1000 < tonumber(ARGV[2]) then
    return 0
  end
${acquireScript}`;
}
