/** Longer than replicas differ in their leases while their configuration is being changed. */
export const mostLeases = 10;

/**
 * Makes Redlock's acquire script hold on a server that has restarted, and on one whose clock was set back.
 *
 * A Redis without persistence forgets the lock when it restarts; a second holder would get it at once while the first
 * still acts. So the script refuses on a server that has been up for less than the lease: the "delayed restart" of
 * https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/ without an operator. Both uptime and expiry
 * are told by the wall clock. Set back by an hour, a server counts its uptime from below zero, and a dead leader's lock
 * lives for an hour more: the one is no restart, the other gets a lease from now on. ARGV[2] is the lease in
 * milliseconds.
 */
export function guardedAcquire(acquireScript: string): string {
  return `
  local lease = tonumber(ARGV[2])
  local uptime = tonumber(string.match(redis.call("INFO", "server"), "uptime_in_seconds:(-?%d+)"))
  if uptime >= 0 and uptime * 1000 < lease then
    return 0
  end
  for _, key in ipairs(KEYS) do
    if redis.call("PTTL", key) > ${mostLeases} * lease then
      redis.call("PEXPIRE", key, ARGV[2])
    end
  end
${acquireScript}`;
}
